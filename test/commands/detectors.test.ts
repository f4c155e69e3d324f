import { spawnSync } from 'node:child_process'
import { resolve } from 'node:path'
import { expect, it } from 'vitest'
import { detectors } from '../../detectors/index.ts'

const program = resolve(import.meta.dirname, '../../dist/src/main.js')

it('yujing detectors --markdown says of every detector what harm it sees coming', () => {
  const { stdout } = spawnSync(process.execPath, [program, 'detectors', '--markdown'], { encoding: 'utf8' })
  const rows = stdout.trimEnd().split('\n').slice(2)
  expect(rows).toHaveLength(detectors.length)
  for (const [index, { code, title, why }] of detectors.entries()) {
    for (const text of [code, title.zh, why.zh, why.en]) expect(rows[index]).toContain(text)
  }
})
