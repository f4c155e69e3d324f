import { spawnSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { expect, it } from 'vitest'

const program = resolve(import.meta.dirname, '../../dist/src/main.js')

it.each([
  [['--role', 'supervisor', '--areas', '140105,140199'], '--areas: "140199"'],
  [['--role', 'ingest', '--types', 'complaint.filled'], '--types: "complaint.filled"'],
  [['--role', 'ingest', '--sources', '/sx/12315, /sx/other'], '--sources: " /sx/other"'],
  [['--role', 'chief'], '--role is chief'],
])('yujing key add %j is wrong usage, also where no service runs', (flags, named) => {
  const args = [program, 'key', 'add', '--name', 'test', '--data-dir', join(tmpdir(), 'yujing-no-service'), ...flags]
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' })
  expect(stderr).toContain(named)
  expect(status).toBe(2)
})
