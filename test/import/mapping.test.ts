import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { guess } from '../../src/import/guess/guess.ts'
import { openFile } from '../../src/import/input.ts'
import type { Item } from '../../src/import/item.ts'
import { readCounty, readFlag, readNumber, readRatio, tidy } from '../../src/import/mapping/cells.ts'
import { compileMapping } from '../../src/import/mapping/compile.ts'
import { readDate } from '../../src/import/mapping/dates.ts'
import { readMapping } from '../../src/import/mapping/load.ts'
import { readingOf, sourceOf } from '../../src/import/source.ts'
import { admit } from '../../src/ingest/admit.ts'
import { compileCatalogue } from '../../src/ingest/data-check.ts'
import { INGEST_LIMITS } from '../../src/ingest/limits.ts'
import { createPseudonyms } from '../../src/ingest/pseudonyms.ts'

const KEY = Buffer.alloc(32, 7)
const DUMP = join(import.meta.dirname, '../data/registry-dump.csv')
const MAPPING = readFileSync(join(import.meta.dirname, '../data/registry-mapping.json'), 'utf8')

describe('cells', () => {
  test.each([
    ['1,234.5', 1, 1_234.5],
    ['５００', 10_000, 5_000_000],
    ['100万元', 1, 1_000_000],
    ['100万', 10_000, 1_000_000],
    ['1.2亿元人民币', 10_000, 120_000_000],
    ['￥1 000.50', 1, 1_000.5],
    ['0.1', 3, 0.3],
    ['-5', 1, -5],
    ['50万美元', 10_000, null],
    ['约100', 1, null],
    ['1.2.3', 1, null],
  ])('%s times %d is %d', (cell, unit, value) => expect(readNumber(tidy(cell), unit)).toBe(value))

  test.each([
    ['2026-11-23', '2026-11-23', null],
    ['2026/1/3 9:05', '2026-01-03', '09:05:00'],
    ['2026.01.03 00:00:00', '2026-01-03', '00:00:00'],
    ['20260103', '2026-01-03', null],
    ['20260103093015', '2026-01-03', '09:30:15'],
    ['２０２６年１月３日', '2026-01-03', null],
    ['2026-11-23T16:30:00Z', '2026-11-24', '00:30:00'],
    ['2026-11-23T16:30:00+08:00', '2026-11-23', '16:30:00'],
    // A zone counts however the rest is written.
    ['2026/11/3 9:30Z', '2026-11-03', '17:30:00'],
    ['2026-11-3 09:30:15.5+0900', '2026-11-03', '08:30:15'],
    // Spreadsheets count from 1899-12-30.
    ['36526', '2000-01-01', null],
    ['46349.5', '2026-11-23', '12:00:00'],
  ])('%s is %s %s', (cell, day, time) => expect(readDate(tidy(cell))).toEqual({ day, time }))

  test.each([
    '2019-02-30',
    '03/04/2026',
    '2026-13-01',
    '长期',
    '12345678',
    '5',
    '2026-1-1 25:00',
    '2026-1-1 09:00+99:00',
  ])('%s is no date', (cell) => expect(readDate(cell)).toBeNull())

  test('a date that could be read two ways needs its format', () => {
    expect(readDate('03/04/2026', 'dd/MM/yyyy')?.day).toBe('2026-04-03')
    expect(readDate('03/04/2026', 'MM/dd/yyyy')?.day).toBe('2026-03-04')
    expect(readDate('2019', 'yyyy')?.day).toBe('2019-01-01')
  })

  test('counties are known by code, by name with city, and alone where there is one', () => {
    expect(readCounty('140105')).toBe('140105')
    expect(readCounty('140105000000')).toBe('140105')
    expect(readCounty('山西省太原市小店区市场监督管理局')).toBe('140105')
    expect(readCounty('小店区')).toBe('140105')
    expect(readCounty('某某区')).toBeNull()
  })

  test('shares and yes or no', () => {
    expect(readRatio('33.4%')).toBe(0.334)
    expect(readRatio('40', 0.01)).toBe(0.4)
    expect([readFlag('是'), readFlag('N'), readFlag('也许')]).toEqual([true, false, null])
  })
})

/** Items of the dump, and what the door says of the first event of each. */
async function dump(mapping = MAPPING) {
  const input = await openFile(DUMP)
  const reading = readingOf(input, { backfill: false }, { text: mapping, name: 'mapping.json' })
  const { source } = await sourceOf(input, reading, KEY)
  const items: Item[] = []
  for await (const some of source.items({ offset: 0, line: 1 })) items.push(...some)
  return { items, source }
}

const gate = {
  checks: compileCatalogue(),
  pseudonyms: createPseudonyms({ personKey: KEY, strongSource: () => false, cached: 10 }),
  limits: INGEST_LIMITS,
}
const rights = { sources: 'all', types: 'all', areas: 'all', backfill: true, retracts: true } as const
const judged = (text: string) =>
  admit({ value: JSON.parse(text), fault: null, bytes: text.length }, rights, Date.parse('2026-11-23'), gate)

describe('a messy dump of a register', () => {
  test('every row is an event that the door lets in, or is refused with line, column and remedy', async () => {
    const { items, source } = await dump()
    expect(items).toHaveLength(61)
    const faults = items.flatMap(({ line, fault }) => (fault === null ? [] : [[line, fault.code, fault.message]]))
    expect(faults.map(([, code]) => code)).toEqual(['cell.invalid', 'cell.invalid', 'row.ragged', 'row.ragged'])
    expect(faults[0]?.[2]).toMatch(
      /^Line \d+: 成立日期, 核准日期: not a date there is; mend the cell, or give its "format"\.$/,
    )
    expect(faults[1]?.[2]).toContain('注册资本(万元): not a number of yuan')
    expect(faults[2]?.[2]).toMatch(/has 33 cells and the header 40/)
    const events = items.flatMap((item) => item.events.map((text) => ({ item, text, admission: judged(text) })))
    const refused = events.filter(({ admission }) => 'refusal' in admission)
    expect(refused.map(({ admission }) => 'refusal' in admission && admission.refusal.code)).toEqual([
      'subject.check-character',
    ])
    const [first] = refused
    if (first === undefined || !('refusal' in first.admission)) throw new Error('nothing was refused')
    expect(source.explain(first.item.rules[0], first.admission.refusal)).toContain('Column: 统一社会信用代码.')
    // A deregistered enterprise was registered once as well.
    const types = events.map(({ text }) => (JSON.parse(text) as { type: string }).type)
    expect(types.filter((type) => type === 'enterprise.deregistered')).toHaveLength(1)
    expect(types.filter((type) => type === 'enterprise.registered')).toHaveLength(57)
  })

  test('the same rows make the same events, and the lines are those of an editor', async () => {
    const [one, two] = [await dump(), await dump()]
    expect(two.items).toEqual(one.items)
    const text = new TextDecoder('gb18030').decode(readFileSync(DUMP))
    const starts = new Map(text.split('\n').map((line, index) => [line.split(',')[0], index + 1]))
    for (const { line, events } of one.items) {
      const name = /第(\d+)号/.exec(events[0] ?? '')?.[1]
      if (name !== undefined) expect(line).toBe(starts.get(name))
    }
  })

  test('ids of rows without a number say nothing of the row, and hold under another mapping of the rest', async () => {
    const without = JSON.parse(MAPPING) as { rules: { id?: object; data: Record<string, unknown> }[] }
    for (const rule of without.rules) delete rule.id
    const ids = async (mapping: object) =>
      (await dump(JSON.stringify(mapping))).items.flatMap(({ events }) =>
        events.map((text) => JSON.parse(text).id as string),
      )
    const found = await ids(without)
    expect(new Set(found).size).toBe(found.length)
    expect(found.every((id) => /^[0-9a-f]{32}$/.test(id))).toBe(true)
    delete without.rules[0]?.data.scope
    expect(await ids(without)).toEqual(found)
  })
})

describe('a wrong mapping', () => {
  const header = ['名称', '代码', '日期', '区', '法人', '号']
  const rule = {
    name: 'r',
    type: 'enterprise.deregistered',
    subject: { column: '代码' },
    time: { column: '日期' },
    region: { column: '区' },
    data: {},
  }
  const mapping = (more: object) => JSON.stringify({ version: 1, source: '/s', rules: [{ ...rule, ...more }] })
  const compiled = (text: string) => () => compileMapping(readMapping(text, 'm.json'), header, KEY)
  const registered = {
    type: 'enterprise.registered',
    data: {
      name: { column: '名称' },
      kind: { constant: '1' },
      capital: { constant: 1 },
      address: { column: '名称' },
      legalRepresentative: { name: { column: '法人' } },
    },
  }

  test.each([
    [
      'a column that is not there',
      mapping({ subject: { column: '信用码' } }),
      'rules.r.subject: the file has no column "信用码"; it has 名称',
    ],
    [
      'a type nobody knows',
      mapping({ type: 'enterprise.closed' }),
      'rules.r.type: "enterprise.closed" is not in the catalogue',
    ],
    [
      'a member the type does not have',
      mapping({ data: { why: { column: '名称' } } }),
      'rules.r.data.why: the type has no such member',
    ],
    ['a member the type needs', mapping({ type: 'penalty.settled' }), 'penalty.settled needs decision'],
    ['no subject', mapping({ subject: undefined }), 'needs "subject"'],
    [
      'a table that is not there',
      mapping({ data: { reason: { column: '名称', table: 't' } } }),
      'there is no table "t"',
    ],
    ['an expression that is none', mapping({ when: [{ column: '号', matches: '(' }] }), 'not a regular expression'],
    [
      'an id that names people',
      mapping({ ...registered, id: { columns: ['号', '法人'] } }),
      'must not be made of 法人',
    ],
    ['what is left to fill in', mapping({ region: { constant: 'FILL IN' } }), 'fill in rules.0.region.constant'],
    ['no JSON', '{', 'm.json is not JSON'],
    ['a member of the file nobody knows', '{"version":1,"source":"/s","rules":[],"rows":1}', 'm.json: rows'],
  ])('%s is named with its place', (_what, text, words) => expect(compiled(text)).toThrow(words))

  test('all of it is told at once', () => {
    expect(compiled(mapping({ subject: { column: 'x' }, region: { column: 'y' } }))).toThrow(/"x"[\s\S]*"y"/)
  })
})

describe('a proposal', () => {
  const complaints = [
    '工单编号',
    '投诉时间',
    '投诉人',
    '投诉人电话',
    '被投诉企业',
    '统一社会信用代码',
    '区县',
    '问题类别',
    '涉及金额（元）',
    '投诉内容',
    '办理人员',
  ]
  test.each([
    [
      complaints,
      'complaint.filed',
      { 投诉人电话: 'data.complainant.phone', 工单编号: 'data.number', 投诉时间: 'time' },
      ['办理人员'],
    ],
    [
      ['UniSCID', 'EntName', 'EstDate', 'RegCap', 'Dom', 'LeRep', 'EntType', 'RegOrg'],
      'enterprise.registered',
      { EntName: 'data.name', EstDate: 'time' },
      [],
    ],
    [
      [
        '行政处罚决定书文号',
        '行政相对人代码',
        '处罚决定日期',
        '处罚机关',
        '处罚种类',
        '罚款金额(万元)',
        '违法行为类型',
        '备注',
      ],
      'penalty.imposed',
      { '罚款金额(万元)': 'data.fine' },
      ['备注'],
    ],
  ])('of %j is %s', (header, type, some, leftOut) => {
    const found = guess(header, [])
    expect(found.type).toBe(type)
    expect(Object.fromEntries(found.columns.map(({ column, member }) => [column, member]))).toMatchObject(some)
    expect(found.leftOut).toEqual(leftOut)
    expect(() => compileMapping(readMapping(JSON.stringify(found.mapping), 'm'), header, KEY)).toThrow('fill in source')
  })

  test('cells that cannot be read so make it less sure, and 万元 becomes a unit', () => {
    const header = [
      '统一社会信用代码',
      '成立日期',
      '注册资本(万元)',
      '企业名称',
      '住所',
      '法定代表人',
      '企业类型',
      '登记机关',
    ]
    const rows = [['91140105MA0K2914XG', '不详', '100', 'a', 'b', 'c', '个体工商户', '小店区']]
    const { columns } = guess(header, rows)
    const of = (column: string) => columns.find((one) => one.column === column)
    expect(of('成立日期')).toMatchObject({ member: 'time', readable: 0, confidence: 0.4 })
    expect(of('注册资本(万元)')).toMatchObject({ unit: 10_000, confidence: 1 })
  })
})
