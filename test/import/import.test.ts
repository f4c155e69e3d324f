import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { TRANSMIT_LIMITS } from '../../src/import/transmit.ts'
import type { ImportRun } from '../../src/model/import-run.ts'
import { encodeGb18030 } from '../support/gb18030.ts'
import { askClickHouse, eventually, type Service, startService } from '../support/service.ts'
import { ago, complaint, creditCode, type SentEvent } from '../support/world.ts'
import { fullTableTests } from './full-tables.ts'
import { type HoldingDoor, openHoldingDoor } from './holding-door.ts'
import { runImport, startImport } from './world.ts'

const cwd = mkdtempSync(join(tmpdir(), 'yujing-import-'))
let service: Service
beforeAll(async () => {
  service = await startService()
})
afterAll(async () => {
  await service?.stop()
  rmSync(cwd, { recursive: true, force: true })
})

const at = (name: string) => join(cwd, name)
/** Complaints under a source of their own, one a line. */
const complaints = (source: string, count: number, from = 0): (SentEvent & Record<string, unknown>)[] =>
  Array.from({ length: count }, (_, n) => ({
    ...complaint(creditCode(n % 50), { time: ago(3_600_000), id: `${source}-${from + n}` }),
    source: `/test/${source}`,
  }))
const ndjson = (events: readonly (object | undefined)[]) =>
  `${events.map((event) => JSON.stringify(event)).join('\n')}\n`
const counted = async (where: string) =>
  Number(await askClickHouse(service, `SELECT count() FROM events WHERE ${where}`))
const stored = (source: string, type = 'complaint.filed') => counted(`source = '/test/${source}' AND type = '${type}'`)
const runsOf = async () => ((await (await service.request('/v1/imports')).json()) as { items: ImportRun[] }).items

describe('a file of events', () => {
  test('goes in once, however often it is sent, and the console sees the run', async () => {
    writeFileSync(at('plain.ndjson'), ndjson(complaints('plain', 2_500)))
    const first = await runImport(service, ['plain.ndjson', '--json'], { cwd })
    expect(first.stderr).not.toContain('yujing:')
    expect(first.code).toBe(0)
    expect(first.summaries()).toMatchObject([
      { state: 'done', rows: 2_500, accepted: 2_500, duplicates: 0, rejected: 0 },
    ])
    const again = await runImport(service, ['plain.ndjson', '--json'], { cwd })
    expect(again.summaries()).toMatchObject([{ accepted: 0, duplicates: 2_500, again: 0 }])
    await eventually('all stored', async () => (await stored('plain')) === 2_500)
    const [run] = first.summaries()
    const told = (await runsOf()).find(({ id }) => id === run?.run)
    const bytes = statSync(at('plain.ndjson')).size
    expect(told).toMatchObject({ kind: 'events', file: 'plain.ndjson', state: 'done', rows: 2_500, accepted: 2_500 })
    expect(told).toMatchObject({ bytes, bytesDone: bytes, remaining: 0, by: 'bootstrap' })
    expect(existsSync(at('plain.ndjson.rejected'))).toBe(false)
  })

  test.each([
    ['gzip', 'packed.ndjson.gz', (text: string) => gzipSync(text)],
    ['GB18030', 'chinese.ndjson', encodeGb18030],
    [
      'a mark of the byte order and \\r\\n',
      'windows.ndjson',
      (t: string) => Buffer.from(`\uFEFF${t.replaceAll('\n', '\r\n')}`),
    ],
  ])('in %s, or through a pipe', async (_what, name, pack) => {
    const source = name.split('.')[0] as string
    const events = complaints(source, 20).map((event) => ({ ...event, data: { ...event.data, text: '退款不退' } }))
    writeFileSync(at(name), pack(ndjson(events)))
    const file = await runImport(service, [name, '--json'], { cwd })
    expect(file.summaries()).toMatchObject([{ rows: 20, accepted: 20 }])
    const more = complaints(source, 20, 100)
    const stdin = name.endsWith('.gz') ? Buffer.from(ndjson(more)) : pack(ndjson(more))
    const piped = await runImport(service, ['-', '--json'], { cwd, stdin })
    expect(piped.summaries()).toMatchObject([{ rows: 20, accepted: 20 }])
    await eventually('all stored', async () => (await stored(source)) === 40)
    expect(await counted(`source = '/test/${source}' AND data LIKE '%退款不退%'`)).toBe(20)
  })

  test('refused lines are named, never copied, and are found again where they stand', async () => {
    const [good, early, late] = complaints('mixed', 3)
    const lines = [good, { ...early, subject: '91140105MA0K2914XX' }, { ...late, time: '2099-01-01T00:00:00+08:00' }]
    const text = `${ndjson(lines)}\n{"specversion":"1.0","id":"cut","data":{"complainant":{"name":"王小明","phone":"138`
    writeFileSync(at('mixed.ndjson'), text)
    const ran = await runImport(service, ['mixed.ndjson', '--json'], { cwd })
    expect(ran.code).toBe(0)
    expect(ran.summaries()).toMatchObject([{ rows: 4, accepted: 1, rejected: 3 }])
    const rejected = readFileSync(at('mixed.ndjson.rejected'), 'utf8')
    expect(statSync(at('mixed.ndjson.rejected')).mode & 0o777).toBe(0o600)
    expect(rejected).not.toMatch(/王小明|138|张三丰/)
    const codes = rejected
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => JSON.parse(line) as { line: number; code: string })
    expect(codes.map(({ line, code }) => [line, code])).toEqual([
      [2, 'subject.check-character'],
      [3, 'time.future'],
      [5, 'event.malformed'],
    ])
    const shown = await runImport(service, ['--rejected', 'mixed.ndjson.rejected'], { cwd })
    for (const words of ['王小明', '91140105MA0K2914XX', '2099-01-01']) expect(shown.stdout).toContain(words)
    expect(
      (await runImport(service, ['--rejected', 'mixed.ndjson.rejected', '--out', 'mend.ndjson'], { cwd })).code,
    ).toBe(0)
    expect(statSync(at('mend.ndjson')).mode & 0o777).toBe(0o600)
    expect(readFileSync(at('mend.ndjson'), 'utf8').split('\n')).toHaveLength(4)
    writeFileSync(at('mixed.ndjson'), ndjson(lines))
    const changed = await runImport(service, ['--rejected', 'mixed.ndjson.rejected'], { cwd })
    expect(changed.code).toBe(1)
    expect(changed.stderr).toContain('has changed since')
  })

  test('of history reaches back decades, and raises nothing', async () => {
    const times = ['1949-10-01T00:00:00+08:00', '1999-12-31T23:59:59+08:00', ago(300 * 86_400_000), ago(60_000)]
    const events = complaints('history', times.length).map((event, n) => ({ ...event, time: times[n] }))
    writeFileSync(at('history.ndjson'), ndjson(events))
    const ran = await runImport(service, ['history.ndjson', '--backfill', '--json'], { cwd })
    expect(ran.summaries()).toMatchObject([{ accepted: 4, rejected: 0 }])
    await eventually(
      'all stored as history',
      async () => (await counted("source = '/test/history' AND backfill")) === 4,
    )
  })
})

describe('killed in the middle', () => {
  let door: HoldingDoor
  beforeAll(async () => {
    door = await openHoldingDoor(service.url)
  })
  afterAll(() => door?.close())

  test('the same command goes on, and nothing is lost or doubled', async () => {
    const count = 20_000
    writeFileSync(at('killed.ndjson'), ndjson([...complaints('killed', count - 1), { id: 'refused' }]))
    const command = ['killed.ndjson', '--json', '--to', door.url]
    // Each process gets further than the one before and none to the end; the last has everything before 9,000 written
    // down, and four requests that the log has and of which it was never told.
    for (const [from, requests] of [
      [3_000, 1],
      [6_000, 2],
      [9_000, TRANSMIT_LIMITS.ahead],
    ] as const) {
      door.holdFrom(from)
      const { child, done } = startImport(service, command, { cwd })
      await eventually('answers kept back', async () => door.held().requests >= requests)
      child.kill('SIGKILL')
      expect((await done).stdout).toBe('')
    }
    const untold = door.held().events
    door.release()
    const ran = await runImport(service, command, { cwd })
    expect(ran.stderr).toContain('going on at line')
    expect(ran.code).toBe(0)
    const [summary] = ran.summaries()
    expect(summary).toMatchObject({ state: 'done', rows: count, events: count, rejected: 1, duplicates: 0 })
    expect((summary?.accepted ?? 0) + (summary?.again ?? 0)).toBe(count - 1)
    expect(summary?.again).toBeGreaterThanOrEqual(untold)
    expect(readFileSync(at('killed.ndjson.rejected'), 'utf8').trim().split('\n')).toHaveLength(2)
    await eventually('each of them stored once', async () => (await stored('killed')) >= count - 1)
    expect(await counted("source = '/test/killed'")).toBe(count - 1)
    expect(
      await counted("source = '/test/killed' AND id IN (SELECT id FROM events GROUP BY id HAVING count() > 1)"),
    ).toBe(0)
  })

  test('two at once: the second says who has it', async () => {
    writeFileSync(at('twice.ndjson'), ndjson(complaints('twice', 10_000)))
    const command = ['twice.ndjson', '--json', '--to', door.url]
    door.holdFrom(2_000)
    const one = startImport(service, command, { cwd })
    await eventually('its beginning', async () => door.held().requests > 0)
    const other = await runImport(service, command, { cwd })
    expect(other.code).toBe(1)
    expect(other.stderr).toContain(`process ${one.child.pid}`)
    // It hears of its end before it hears of the answers that it waits for.
    one.child.kill('SIGSTOP')
    one.child.kill('SIGTERM')
    door.release()
    one.child.kill('SIGCONT')
    const stopped = await one.done
    expect(stopped.code).toBe(1)
    expect(stopped.stderr).toContain('the same command goes on')
    expect((await runsOf()).find(({ file }) => file === 'twice.ndjson')).toMatchObject({ state: 'stopped' })
    expect((await runImport(service, command, { cwd })).summaries()).toMatchObject([{ state: 'done' }])
    await eventually('all of it', async () => (await stored('twice')) === 10_000)
  })
})

describe('withdrawn', () => {
  test('every event of the run and no other, once', async () => {
    const before = complaints('undone', 30)
    writeFileSync(at('before.ndjson'), ndjson(before))
    await runImport(service, ['before.ndjson'], { cwd })
    writeFileSync(
      at('undone.ndjson'),
      ndjson([...before.slice(10), ...complaints('undone', 1_500, 100), { id: 'refused' }]),
    )
    const [run] = (await runImport(service, ['undone.ndjson', '--json'], { cwd })).summaries()
    expect(run).toMatchObject({ accepted: 1_500, duplicates: 20, rejected: 1 })
    const undo = await runImport(service, ['--undo', run?.run ?? '', '--reason', '导错月份', '--json'], { cwd })
    expect(undo.stderr).not.toContain('yujing:')
    expect(undo.summaries()).toMatchObject([{ state: 'done', accepted: 1_500, duplicates: 0, rejected: 0 }])
    await eventually('the withdrawals', async () => (await stored('undone', 'event.retracted')) === 1_500)
    const others = "id NOT IN (SELECT retracts FROM events WHERE type = 'event.retracted')"
    expect(await counted(`source = '/test/undone' AND type = 'complaint.filed' AND ${others}`)).toBe(30)
    const twice = await runImport(service, ['--undo', run?.run ?? ''], { cwd })
    expect(twice.code).toBe(1)
    expect(twice.stderr).toContain('has been undone already')
    expect((await runImport(service, ['--runs'], { cwd })).stdout).toContain('undone')
  })
})

fullTableTests(() => service, cwd)

describe('used wrongly', () => {
  test.each([
    [[], {}, 2, 'name a file'],
    [['none.ndjson'], {}, 1, 'there is no file'],
    [['table.csv'], {}, 1, 'needs --mapping'],
    [['plain.ndjson', '--to', 'http://key@127.0.0.1:1'], {}, 2, 'must not hold a key'],
    [['plain.ndjson'], { YUJING_KEY: 'wrong-key-0123456789' }, 1, 'YUJING_KEY'],
    [['plain.ndjson', '--encoding', 'latin1'], {}, 2, 'allowed is utf-8, gb18030'],
    [['--undo', 'nothing'], {}, 2, 'not the id of a run'],
    [['--undo', '0123456789abcdef'], {}, 1, '--runs'],
  ])('%j %j: exit %i, and says what to do', async (args, env, code, words) => {
    writeFileSync(at('table.csv'), '企业名称,成立日期\n某某,2020-01-01\n')
    const ran = await runImport(service, args, { cwd, env })
    expect(ran.stderr).toContain(words)
    expect(ran.code).toBe(code)
  })
})
