import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { keptAfter } from '../../../src/import/snapshot/accept.ts'
import { compareRows } from '../../../src/import/snapshot/compare.ts'
import { type Census, concernsOf } from '../../../src/import/snapshot/concerns.ts'
import { type EventGround, eventsOf } from '../../../src/import/snapshot/events.ts'
import { rulesOf } from '../../../src/import/snapshot/full-table.ts'
import type { KeptRow, TableRow } from '../../../src/import/snapshot/rows.ts'

const HEADER = ['号', '代码', '区', '日', '金额', '状态']
const MAPPING = JSON.stringify({
  version: 1,
  source: '/test/tables',
  vanished: 'withdraw',
  rules: [
    {
      name: 'filed',
      type: 'complaint.filed',
      subject: { column: '代码' },
      time: { column: '日' },
      region: { column: '区' },
      data: { number: { column: '号' }, issue: { constant: 'refund' }, amount: { column: '金额' } },
    },
    {
      name: 'closed',
      type: 'complaint.closed',
      when: [{ column: '状态', is: ['办结'] }],
      subject: { column: '代码' },
      time: { column: '日' },
      region: { column: '区' },
      data: { number: { column: '号' }, outcome: { constant: 'settled' } },
    },
  ],
})
const rules = rulesOf(MAPPING, HEADER, ['号'], Buffer.alloc(32, 7))
const groundOf = (number: number): EventGround => ({
  table: rules,
  source: '投诉',
  number,
  taken: '2026-11-25T00:00:00+08:00',
  backfill: false,
  idKey: Buffer.alloc(32, 7),
})
const isSame = (a: readonly string[], b: readonly string[]) => a.join('\t') === b.join('\t')

/** Number of the row to amount and status. */
const tableOf = (rows: ReadonlyMap<number, readonly [number, string]>): TableRow[] =>
  [...rows].map(([number, [amount, status]], index) => {
    const cells: Record<string, string> = {
      号: `N${number}`,
      代码: '91140105MA0K2914XG',
      区: '140105',
      日: '2026-11-20',
      金额: String(amount),
      状态: status,
    }
    const kept = rules.columns.map((name) => cells[name] as string)
    return { key: `N${number}`, place: [index + 2, index, index + 1], cells: kept, fault: null }
  })

/** What stands in the log after events by the rules of corrections: who names an id means what stands for it. */
class Log {
  readonly #standing = new Map<string, string | null>()
  take(event: Readonly<Record<string, unknown>>): void {
    const { id, retracts, backfill: _backfill, ...rest } = event
    if (this.#standing.has(id as string)) throw new Error(`the id ${id} came twice`)
    const of = (retracts ?? id) as string
    this.#standing.set(of, rest.type === 'event.retracted' ? null : JSON.stringify(rest))
    if (retracts !== undefined && retracts !== id) this.#standing.set(id as string, null)
  }
  standing(): string[] {
    return [...this.#standing.values()].filter((one): one is string => one !== null).sort()
  }
}

const anyTable = fc
  .uniqueArray(
    fc.tuple(fc.integer({ min: 0, max: 12 }), fc.integer({ min: 1, max: 3 }), fc.constantFrom('在办', '办结')),
    {
      selector: ([number]) => number,
      maxLength: 12,
    },
  )
  .map((rows) => new Map(rows.map(([number, amount, status]) => [number, [amount, status] as const])))

/** Takes a table as a run does; `lets` says which events the door lets in. */
function run(
  kept: ReadonlyMap<string, KeptRow>,
  table: readonly TableRow[],
  number: number,
  log: Log,
  lets: () => boolean,
) {
  const after = new Map<string, KeptRow>()
  for (const difference of compareRows(kept, table, { isSame, hasUnreadable: false })) {
    const refused = new Set<number>()
    for (const [index, { event }] of eventsOf(difference, groundOf(number)).events.entries()) {
      if (lets()) log.take(event)
      else refused.add(index)
    }
    const row = keptAfter(difference, groundOf(number), () => refused)
    if (row !== null && difference.kind !== 'faulty') after.set(difference.key, row)
  }
  return after
}

describe('differences of tables', () => {
  test('applied to the one they give the other, in whatever order the rows stand', () => {
    fc.assert(
      fc.property(fc.array(anyTable, { minLength: 1, maxLength: 5 }), fc.boolean(), (tables, isReversed) => {
        const log = new Log()
        let kept: ReadonlyMap<string, KeptRow> = new Map()
        for (const [index, rows] of tables.entries()) {
          const table = tableOf(rows)
          kept = run(kept, isReversed ? table.reverse() : table, index + 1, log, () => true)
          const fresh = new Log()
          run(new Map(), tableOf(rows), 1, fresh, () => true)
          expect(log.standing()).toEqual(fresh.standing())
          expect([...kept.keys()].sort()).toEqual([...rows.keys()].map((number) => `N${number}`).sort())
        }
      }),
    )
  })

  test('refused events are said again by the next table, until all is as the table says', () => {
    fc.assert(
      fc.property(
        fc.array(anyTable, { minLength: 2, maxLength: 4 }),
        fc.array(fc.boolean(), { minLength: 1, maxLength: 40 }),
        (tables, answers) => {
          const log = new Log()
          let asked = 0
          let kept: ReadonlyMap<string, KeptRow> = new Map()
          for (const [index, rows] of tables.entries()) {
            kept = run(kept, tableOf(rows), index + 1, log, () => answers[asked++ % answers.length] === true)
          }
          const last = tables.at(-1) as (typeof tables)[number]
          run(kept, tableOf(last), tables.length + 1, log, () => true)
          const fresh = new Log()
          run(new Map(), tableOf(last), 1, fresh, () => true)
          expect(log.standing()).toEqual(fresh.standing())
        },
      ),
    )
  })

  test('the same table again is nothing, and the same differences have the same ids', () => {
    fc.assert(
      fc.property(anyTable, anyTable, (one, other) => {
        const kept = run(new Map(), tableOf(one), 1, new Log(), () => true)
        const again = [...compareRows(kept, tableOf(one), { isSame, hasUnreadable: false })]
        expect(again.every(({ kind }) => kind === 'unchanged')).toBe(true)
        const ids = (table: readonly TableRow[]) =>
          [...compareRows(kept, table, { isSame, hasUnreadable: false })].flatMap((difference) =>
            eventsOf(difference, groundOf(2)).events.map(({ event }) => event.id),
          )
        expect(ids(tableOf(other).reverse())).toEqual(ids(tableOf(other)))
      }),
    )
  })

  test('what cannot be read is not gone: its row stands, and without a key all that is missing does', () => {
    const kept = run(
      new Map(),
      tableOf(new Map([1, 2, 3].map((n) => [n, [1, '在办'] as const]))),
      1,
      new Log(),
      () => true,
    )
    const [first] = tableOf(new Map([[1, [1, '在办'] as const]]))
    const fault = { code: 'cell.invalid' as const, message: 'Line 3.' }
    const faulty: TableRow = { key: 'N2', place: [3, 50, 60], cells: null, fault }
    const kindsOf = (rows: readonly (TableRow | undefined)[], hasUnreadable: boolean) =>
      [
        ...compareRows(
          kept,
          rows.flatMap((row) => row ?? []),
          { isSame, hasUnreadable },
        ),
      ].map(({ kind }) => kind)
    expect(kindsOf([first, faulty], false)).toEqual(['faulty', 'unchanged', 'held', 'vanished'])
    expect(kindsOf([first, { ...faulty, key: null }], true)).toEqual(['faulty', 'unchanged', 'held', 'held'])
  })

  test('of a repeated key the first row of the file counts', () => {
    const [row] = tableOf(new Map([[1, [1, '在办'] as const]])) as [TableRow]
    const later: TableRow = { ...row, place: [9, 90, 99], cells: [...(row.cells ?? [])].reverse() }
    const found = [...compareRows(new Map(), [later, row], { isSame, hasUnreadable: false })]
    expect(found).toMatchObject([
      { kind: 'faulty', row: { place: [9, 90, 99], fault: { code: 'row.repeated-key' } } },
      { kind: 'new', place: row.place, after: row.cells },
    ])
  })
})

describe('what a person is asked about', () => {
  const before: Census = { header: ['a', 'b'], columns: ['a'], rows: 100, counties: { '140105': 60, '140106': 40 } }
  test.each([
    ['nothing', {}, []],
    ['19 more', { rows: 119 }, []],
    ['20 % more', { rows: 120 }, ['20.0 % more']],
    ['20 % fewer', { rows: 80 }, ['20.0 % fewer']],
    ['no rows', { rows: 0, counties: {} }, ['no row']],
    ['a column less', { header: ['a'] }, ['missing: b']],
    ['a column in use that was not kept', { columns: ['a', 'b'] }, ['not kept of the last table']],
    ['a county less', { counties: { '140105': 100 } }, ['have no row: 140106']],
    ['another order of columns, and one more', { header: ['c', 'b', 'a'] }, []],
  ])('%s', (_what, change, words) => {
    const concerns = concernsOf(before, { ...before, ...change }, [], 20)
    expect(concerns).toHaveLength(words.length)
    for (const [index, word] of words.entries()) expect(concerns[index]).toContain(word)
  })

  test('repeated keys are named by their lines, of the first table too', () => {
    expect(concernsOf(null, before, [7, 9], 20)[0]).toContain('lines 7, 9')
  })
})
