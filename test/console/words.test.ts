import { describe, expect, test } from 'vitest'
import { industryName, kindName } from '../../dashboards/console/src/words/codes.ts'
import { detailsOf } from '../../dashboards/console/src/words/event-detail.ts'
import { EVENT_TYPE_NAMES } from '../../dashboards/console/src/words/event-type-names.ts'
import { jsonFault } from '../../dashboards/console/src/words/json-fault.ts'
import { formatNumber, likelihoodOf, timesExpected } from '../../dashboards/console/src/words/numbers.ts'
import { ageOf, clockOf, momentOf, periodOf } from '../../dashboards/console/src/words/time.ts'
import { EVENT_TYPES } from '../../src/model/catalogue/catalogue.ts'

const at = (text: string) => Date.parse(text)
const NOW = at('2026-11-23T08:00:00+08:00')

describe('time', () => {
  test('an age in the units that matter; what lies ahead has none', () => {
    expect(ageOf(NOW - 59_999, NOW)).toEqual({ unit: 'seconds', n: 59 })
    expect(ageOf(NOW - 60_000, NOW)).toEqual({ unit: 'minutes', n: 1 })
    expect(ageOf(NOW - 5_400_000, NOW)).toEqual({ unit: 'hours', n: 1, m: 30 })
    expect(ageOf(NOW - 3 * 86_400_000, NOW)).toEqual({ unit: 'days', n: 3 })
    expect(ageOf(NOW + 5_000, NOW)).toEqual({ unit: 'seconds', n: 0 })
  })

  test('clock times are those of +08:00, wherever the browser stands', () => {
    expect(clockOf(at('2026-11-22T16:00:05Z'), NOW, 'en')).toBe('00:00:05')
    expect(clockOf(at('2026-11-22T15:59:59Z'), NOW, 'zh')).toBe('11-22 23:59')
    expect(momentOf(at('2026-01-01T00:00:00+08:00'), NOW, 'zh')).toBe('01-01 00:00')
    expect(momentOf(at('2026-01-01T00:00:00+08:00'), NOW, 'en')).toBe('1 Jan 00:00')
    expect(momentOf(at('2025-12-31T23:59:00+08:00'), NOW, 'en')).toBe('2025-12-31 23:59')
  })

  test('whole days by first and last day, parts of days by minutes', () => {
    expect(periodOf(at('2026-11-17T00:00:00+08:00'), at('2026-11-24T00:00:00+08:00'))).toEqual([
      '2026-11-17',
      '2026-11-23',
    ])
    expect(periodOf(at('2026-11-17T10:00:00+08:00'), at('2026-11-18T10:00:00+08:00'))).toEqual([
      '2026-11-17 10:00',
      '2026-11-18 10:00',
    ])
  })
})

describe('numbers', () => {
  test('digits as many as mean something', () => {
    expect(formatNumber(0.512, 'en-GB')).toBe('0.51')
    expect(formatNumber(1234.5, 'en-GB')).toBe('1,235')
  })

  test('a probability in words', () => {
    expect(likelihoodOf(0.25, 'en-GB')).toEqual({ word: 'percent', n: '25' })
    expect(likelihoodOf(0.000_172, 'en-GB')).toEqual({ word: 'one-in', n: '5,800' })
    expect(likelihoodOf(0.000_172, 'zh-CN')).toEqual({ word: 'one-in', n: '5800' })
    expect(likelihoodOf(0.000_001, 'zh-CN')).toEqual({ word: 'one-in', n: '100万' })
    expect(likelihoodOf(0, 'en-GB')).toEqual({ word: 'less-than-one-in-a-billion' })
  })

  test('times the expected, when there is something to compare with', () => {
    expect(timesExpected(12, 0.5, 'en-GB')).toBe('24')
    expect(timesExpected(12, null, 'en-GB')).toBeNull()
    expect(timesExpected(12, 0, 'en-GB')).toBeNull()
  })
})

describe('an event in a line', () => {
  test('a complaint', () => {
    const data = {
      number: 'T1',
      issue: 'refund',
      complainant: { name: '王**', key: 'p1x' },
      amount: 3000,
      injury: true,
    }
    expect(detailsOf('complaint.filed', data)).toEqual([
      { kind: 'issue', issue: 'refund' },
      { kind: 'text', text: '王**' },
      { kind: 'yuan', amount: 3000 },
      { kind: 'injury' },
    ])
  })

  test('a change names what was before and after', () => {
    const changes = [{ field: 'legalRepresentative', before: { name: '赵**', key: 'p1' }, after: { name: '钱*' } }]
    expect(detailsOf('enterprise.changed', { changes })).toEqual([
      { kind: 'change', field: 'legalRepresentative', before: '赵**', after: '钱*' },
    ])
  })

  test('a type without a line of its own tells its short members, and no key', () => {
    const details = detailsOf('penalty.imposed', { decision: '晋市监罚〔2026〕1号', measures: ['fine'], key: 'p1' })
    expect(details).toEqual([
      { kind: 'text', text: '晋市监罚〔2026〕1号' },
      { kind: 'text', text: 'fine' },
    ])
  })
})

test('the types by which a timeline is filtered are those of the catalogue', () => {
  expect([...EVENT_TYPE_NAMES].sort()).toEqual([...EVENT_TYPES].sort())
})

test('codes are said by name where they have one, and as they are where not', () => {
  expect(industryName('6210', 'zh')).toBe('餐饮业（6210）')
  expect(industryName('01', 'en')).toBe('Agriculture (01)')
  expect(industryName('97', 'zh')).toBe('国际组织（97）')
  expect(industryName('98', 'zh')).toBe('98')
  expect([kindName('1151', 'zh'), kindName('9500', 'en'), kindName('X', 'zh')]).toEqual([
    '有限责任公司（自然人独资）',
    'Individual business',
    'X',
  ])
})

test('a text that is no JSON object is told by its line', () => {
  expect(jsonFault('{"a": 1}')).toBeNull()
  expect(jsonFault('[1]')).toEqual({ line: 1 })
  expect(jsonFault('{\n  "a": 1,\n  b\n}')).toEqual({ line: 3 })
})
