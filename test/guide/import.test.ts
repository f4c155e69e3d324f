import { execFile } from 'node:child_process'
import { chmodSync, copyFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { packageRoot } from '../../src/embedded/package-root.ts'
import { askClickHouse, eventually, type Service, startService } from '../support/service.ts'
import { ago, complaint, creditCode } from '../support/world.ts'

const cwd = mkdtempSync(join(tmpdir(), 'yujing-guide-'))
const data = join(import.meta.dirname, '../data')
const FILES = [
  'registry-dump.csv',
  'registry-mapping.json',
  'licences-2026-10.csv',
  'licences-2026-11.csv',
  'licences-mapping.json',
]
let service: Service
beforeAll(async () => {
  service = await startService()
  for (const name of FILES) copyFileSync(join(data, name), join(cwd, name))
  const event = (id: string) =>
    `${JSON.stringify({ ...complaint(creditCode(1), { time: ago(60_000), id }), source: '/sx/registry' })}\n`
  writeFileSync(join(cwd, 'events.ndjson'), event('one'))
  writeFileSync(join(cwd, 'more.ndjson'), event('two'))
  const main = join(packageRoot(), 'dist/src/main.js')
  writeFileSync(join(cwd, 'yujing'), `#!/bin/sh\nexec "${process.execPath}" "${main}" "$@"\n`)
  chmodSync(join(cwd, 'yujing'), 0o755)
})
afterAll(async () => {
  await service?.stop()
  rmSync(cwd, { recursive: true, force: true })
})

const guide = readFileSync(join(packageRoot(), 'deploy/guide/import.md'), 'utf8')
const commands = [...guide.matchAll(/^ {4}\$ (.+)$/gm)].map((match) => match[1] as string)

/** A command of the guide, as typed. */
function type(command: string): Promise<{ code: number; out: string }> {
  const env = { PATH: `${cwd}:${process.env.PATH}`, YUJING_DATA_DIR: service.dataDir }
  return new Promise((resolve) => {
    execFile('bash', ['-c', `set -o pipefail; ${command}`], { cwd, env }, (error, stdout, stderr) =>
      resolve({ code: Number(error?.code ?? 0), out: stdout + stderr }),
    )
  })
}

const counted = async (where: string) =>
  Number(await askClickHouse(service, `SELECT count() FROM events WHERE ${where}`))

test('followed to the letter, the guide imports a messy dump and takes it back', async () => {
  const outputs = new Map<string, string>()
  for (const command of commands) {
    const { code, out } = await type(command)
    expect(code, `${command}\n${out}`).toBe(0)
    outputs.set(command, out)
  }
  const outOf = (words: string) => [...outputs].find(([command]) => command.includes(words))?.[1] ?? ''
  expect(outOf('--guess')).toMatch(/enterprise\.registered \(\d+ % sure\), gb18030/)
  expect(outOf('--guess')).toContain('成立日期 -> time')
  // 60 rows and a last one that is cut off: five are refused, and a deregistered enterprise makes two events.
  expect(outOf('registry-dump.csv --mapping')).toContain('61 rows, 57 accepted, 0 duplicates, 5 rejected')
  expect(outOf('cat registry-dump.csv.rejected')).not.toMatch(/1990000|000000196/)
  expect(outOf('--rejected registry-dump.csv.rejected')).toContain('2019-02-30')
  expect(outOf('mend.csv --encoding')).toContain('0 accepted')
  expect(statSync(join(cwd, 'mend.csv')).mode & 0o777).toBe(0o600)
  expect(outOf('licences-2026-10')).toContain('6 rows, 6 accepted')
  expect(outOf('licences-2026-11')).toContain('rows: 4 unchanged, 1 new, 1 changed, 1 vanished')
  await eventually('the events', async () => (await counted("type = 'enterprise.registered'")) === 56)
  await eventually('and those of the pipe', async () => (await counted("type = 'complaint.filed'")) === 2)
}, 300_000)
