import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { ImportRun } from '../../src/model/import-run.ts'
import { askClickHouse, eventually, type Service } from '../support/service.ts'
import { creditCode } from '../support/world.ts'
import { createHoldingGate, type Ran, runImport, startImport } from './world.ts'

/** A complaint of the table: number, amount, county. */
type Row = readonly [number: number, amount: number, county?: string]
const HEADER = '序号,编号,信用代码,投诉人,电话,区县,日期,金额'
let issued = 0
const line = ([number, amount, county = '小店区']: Row) =>
  `${++issued},T${number},${creditCode(number % 20)},张某${number},1390000${String(number).padStart(4, '0')},${county},2026-11-20,${amount}`
const tableText = (rows: readonly Row[]) => `${[HEADER, ...rows.map(line)].join('\n')}\n`
const cell = (column: string) => ({ column })
const mappingOf = (source: string) =>
  JSON.stringify({
    version: 1,
    source: `/test/${source}`,
    vanished: 'withdraw',
    rules: [
      {
        name: 'filed',
        type: 'complaint.filed',
        subject: cell('信用代码'),
        time: cell('日期'),
        region: cell('区县'),
        data: {
          number: cell('编号'),
          complainant: { name: cell('投诉人'), phone: cell('电话') },
          issue: { constant: 'refund' },
          amount: cell('金额'),
        },
      },
    ],
  })
const range = (count: number, from = 0): Row[] => Array.from({ length: count }, (_, n) => [from + n, 100])

/** Full tables of sources, compared by `yujing import --snapshot`, over the service that the file's other tests use. */
export function fullTableTests(given: () => Service, cwd: string): void {
  const monthly = (source: string, file: string, ...flags: string[]) => [
    file,
    ...['--snapshot', source, '--key', '编号', '--mapping', `${source}.json`, '--json', ...flags],
  ]
  const write = (source: string, file: string, rows: readonly Row[]) => {
    writeFileSync(join(cwd, `${source}.json`), mappingOf(source))
    writeFileSync(join(cwd, file), tableText(rows))
  }
  const take = (source: string, rows: readonly Row[], ...flags: string[]): Promise<Ran> => {
    const file = `${source}-${++issued}.csv`
    write(source, file, rows)
    return runImport(given(), monthly(source, file, ...flags), { cwd })
  }
  const ask = (query: string) => askClickHouse(given(), query)
  const arrived = async (source: string) =>
    Number(await ask(`SELECT count() FROM events WHERE source = '/test/${source}'`))
  /** Amounts of the complaints that stand, by their numbers. */
  async function standing(source: string, events: number): Promise<Record<string, number>> {
    await eventually(`${events} events of ${source}`, async () => (await arrived(source)) === events)
    const text = await ask(
      `SELECT id, type, retracts, data FROM events WHERE source = '/test/${source}' ORDER BY seq, idx FORMAT JSONEachRow`,
    )
    const found = new Map<string, { number: string; amount: number } | null>()
    for (const row of text
      .trim()
      .split('\n')
      .filter((one) => one !== '')) {
      const { id, type, retracts, data } = JSON.parse(row) as Record<'id' | 'type' | 'retracts' | 'data', string>
      found.set(retracts === '' ? id : retracts, type === 'event.retracted' ? null : JSON.parse(data))
    }
    return Object.fromEntries([...found.values()].flatMap((one) => (one === null ? [] : [[one.number, one.amount]])))
  }
  const amounts = (rows: readonly Row[]) => Object.fromEntries(rows.map(([number, amount]) => [`T${number}`, amount]))

  describe('full tables', () => {
    test('only what differs is sent, however the rows are numbered and ordered; nobody is in the clear on the disk', async () => {
      const first = range(20)
      const one = await take('monthly', first)
      expect(one.stderr).not.toContain('yujing:')
      expect(one.summaries()).toMatchObject([{ rows: 20, accepted: 20, differences: { new: 20, changed: 0 } }])
      const second: Row[] = [[30, 5], [3, 250], ...first.slice(4).reverse(), ...first.slice(1, 3)]
      const two = await take('monthly', second)
      expect(two.summaries()).toMatchObject([
        {
          rows: 20,
          accepted: 3,
          rejected: 0,
          differences: { unchanged: 18, new: 1, changed: 1, vanished: 1, held: 0 },
        },
      ])
      expect(await standing('monthly', 23)).toEqual(amounts(second))
      const again = await take('monthly', second)
      expect(again.summaries()).toMatchObject([{ accepted: 0, duplicates: 0, differences: { unchanged: 20 } }])
      const told = ((await (await given().request('/v1/imports')).json()) as { items: ImportRun[] }).items
      expect(told.find(({ id }) => id === two.summaries()[0]?.run)).toMatchObject({
        kind: 'snapshot',
        state: 'done',
        differences: { unchanged: 18, new: 1, changed: 1, vanished: 1 },
      })
      const state = join(given().dataDir, 'import')
      const files = readdirSync(state, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
      expect(files.length).toBeGreaterThan(128)
      for (const { parentPath, name } of files) {
        expect(readFileSync(join(parentPath, name)).includes('张某'), name).toBe(false)
        expect(readFileSync(join(parentPath, name)).includes('1390000'), name).toBe(false)
      }
    })

    test('what looks wrong stops with exit code 3 before anything is sent, and goes on when told to', async () => {
      const rows: Row[] = [...range(18), [18, 100, '迎泽区'], [19, 100, '迎泽区']]
      expect((await take('asked', rows)).code).toBe(0)
      const cases: readonly (readonly [string, readonly Row[], string])[] = [
        ['fewer rows', rows.slice(4), '20.0 % fewer'],
        ['a county less', [...range(18), [18, 100], [19, 100]], 'no row: 140106'],
        ['none at all', [], 'no row that can be taken'],
        ['a key twice', [...rows, [3, 7]], 'lines 22'],
      ]
      for (const [what, wrong, words] of cases) {
        const ran = await take('asked', wrong)
        expect(ran.code, what).toBe(3)
        expect(ran.stderr, what).toContain(words)
        expect(JSON.parse(ran.stdout), what).toMatchObject({ state: 'undecided' })
      }
      write('asked', 'short.csv', rows)
      const text = readFileSync(join(cwd, 'short.csv'), 'utf8')
      writeFileSync(join(cwd, 'short.csv'), text.replaceAll(/^\d+,|^序号,/gm, ''))
      const narrow = await runImport(given(), monthly('asked', 'short.csv'), { cwd })
      expect([narrow.code, narrow.stderr.includes('missing: 序号')]).toEqual([3, true])
      const told = ((await (await given().request('/v1/imports')).json()) as { items: ImportRun[] }).items
      expect(told.find(({ file }) => file === 'short.csv')).toMatchObject({ state: 'stopped' })
      expect(await arrived('asked')).toBe(20)
      const anyway = await take('asked', [...rows.slice(4), [5, 7]], '--accept-anyway')
      expect(anyway.summaries()).toMatchObject([{ accepted: 4, rejected: 1, differences: { vanished: 4 } }])
      expect(await standing('asked', 24)).toEqual(amounts(rows.slice(4)))
    })

    test('two at once are refused; killed in the middle the same command goes on, and nothing is lost or doubled', async () => {
      const rows = range(4_000)
      expect((await take('broken', rows.slice(0, 10), '--backfill')).code).toBe(0)
      write('broken', 'broken.csv', rows)
      const gate = await createHoldingGate(given(), 1)
      const command = monthly('broken', 'broken.csv', '--accept-anyway', '--to', gate.url)
      const { child, done } = startImport(given(), command, { cwd })
      await gate.holds
      const both = await take('broken', range(5))
      expect([both.code, both.stderr.includes(`process ${child.pid}`)]).toEqual([1, true])
      child.kill('SIGKILL')
      await done
      const other = await take('broken', range(5))
      expect([other.code, other.stderr.includes('unfinished and has sent a part')]).toEqual([1, true])
      gate.open()
      const ran = await runImport(given(), command, { cwd })
      await gate.close()
      expect(ran.summaries()).toMatchObject([
        { state: 'done', duplicates: 0, differences: { unchanged: 10, new: 3_990 } },
      ])
      expect(await standing('broken', 4_000)).toEqual(amounts(rows))
      expect((await take('broken', rows)).summaries()).toMatchObject([
        { accepted: 0, differences: { unchanged: 4_000 } },
      ])
    })

    test('withdrawn, the table before is in force again and says what it said', async () => {
      const first = range(12)
      const second: Row[] = [[0, 999], ...first.slice(2), [12, 100]]
      await take('returned', first)
      const [run] = (await take('returned', second)).summaries()
      expect(await standing('returned', 15)).toEqual(amounts(second))
      const undo = await runImport(given(), ['--undo', run?.run ?? '', '--json'], { cwd })
      expect(undo.summaries()).toMatchObject([{ state: 'done', accepted: 3, rejected: 0 }])
      expect(await standing('returned', 18)).toEqual(amounts(first))
      expect((await take('returned', second)).summaries()).toMatchObject([
        { accepted: 3, duplicates: 0, differences: { unchanged: 10, new: 1, changed: 1, vanished: 1 } },
      ])
      expect(await standing('returned', 21)).toEqual(amounts(second))
      const [last] = (await take('returned', second)).summaries()
      const nothing = await runImport(given(), ['--undo', last?.run ?? ''], { cwd })
      expect(nothing.stderr).toContain('has sent nothing')
      const older = await runImport(given(), ['--undo', run?.run ?? ''], { cwd })
      expect(older.stderr).toContain('has been undone already')
    })

    test('events are compared without their ids', async () => {
      const events = (amount: number, month: string) =>
        [1, 2, 3].map((number) => ({
          specversion: '1.0',
          id: `${month}-${number}`,
          source: '/test/lines',
          type: 'complaint.filed',
          subject: creditCode(number),
          time: '2026-11-20T00:00:00+08:00',
          region: '140105',
          data: { number: `T${number}`, issue: 'refund', amount: number === 2 ? amount : 100 },
        }))
      const lines = (amount: number, month: string) => {
        writeFileSync(
          join(cwd, `${month}.ndjson`),
          events(amount, month)
            .map((one) => `${JSON.stringify(one)}\n`)
            .join(''),
        )
        const flags = ['--snapshot', 'lines', '--key', 'data.number', '--json']
        return runImport(given(), [`${month}.ndjson`, ...flags], { cwd })
      }
      expect((await lines(1, 'october')).summaries()).toMatchObject([{ accepted: 3 }])
      expect((await lines(2, 'november')).summaries()).toMatchObject([
        { accepted: 1, differences: { unchanged: 2, changed: 1 } },
      ])
      expect(await standing('lines', 4)).toEqual({ T1: 100, T2: 2, T3: 100 })
      const wrong = await runImport(given(), ['november.ndjson', '--snapshot', 'lines'], { cwd })
      expect([wrong.code, wrong.stderr.includes('needs --key')]).toEqual([2, true])
    })
  })
}
