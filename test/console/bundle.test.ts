import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { packageRoot } from '../../src/embedded/package-root.ts'

/** What a county office on a slow line waits for before it sees the first alert, bytes after gzip. */
const MOST_BYTES = 195_000

test('what the page loads before it shows anything stays small', () => {
  const root = join(packageRoot(), 'dist/console')
  const html = readFileSync(join(root, 'index.html'), 'utf8')
  const files = [...html.matchAll(/(?:src|href)="\/(assets\/[^"]+\.(?:js|css))"/g)].map(([, file = '']) => file)
  expect(files.length).toBeGreaterThan(1)
  const bytes = files.reduce((sum, file) => sum + gzipSync(readFileSync(join(root, file)), { level: 9 }).length, 0)
  expect(bytes).toBeLessThanOrEqual(MOST_BYTES)
})
