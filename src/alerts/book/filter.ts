import type { Alert } from '../../model/alert.ts'
import { inArea } from '../../model/area.ts'
import { YujingError } from '../../model/errors.ts'
import { industrySection } from '../../model/industry.ts'
import { LEVELS } from '../../model/level.ts'
import { isStatus } from '../lifecycle.ts'

/**
 * The filters of a list as they come in a query, each a text of comma-separated values (any of them), all of which must
 * hold. Absent or empty: no filter.
 */
export interface AlertFilter {
  readonly status?: string | undefined
  readonly level?: string | undefined
  /** Id or code of a detector. */
  readonly detector?: string | undefined
  /** County, or an area ending in 00 with all its counties: any county that the alert touches. */
  readonly region?: string | undefined
  /** Section letter, or the first 2 to 4 digits. */
  readonly industry?: string | undefined
  readonly department?: string | undefined
  /** The subject's key; a credit code for an enterprise. */
  readonly subject?: string | undefined
  readonly assignee?: string | undefined
  /** RFC 3339: changed at or after (one value). */
  readonly since?: string | undefined
  /** Words that all occur in name, key, title, sentence, code or id, whatever their case (one text). */
  readonly q?: string | undefined
  /** `true` or `false`. */
  readonly historic?: string | undefined
  readonly test?: string | undefined
}

export type FilterField = keyof AlertFilter

export interface CompiledFilter {
  matches(alert: Alert): boolean
  /** The fields that have an index, with the values asked for. */
  readonly indexed: readonly { readonly field: FilterField; readonly values: readonly string[] }[]
}

/** Compiles a filter once for many alerts. Throws `request.invalid` naming the parameter that is wrong. */
export function compileFilter(filter: AlertFilter): CompiledFilter {
  const tests: ((alert: Alert) => boolean)[] = []
  const indexed: { field: FilterField; values: string[] }[] = []
  for (const field of Object.keys(FIELDS) as FilterField[]) {
    const text = filter[field]?.trim() ?? ''
    if (text === '') continue
    const { test, isValid, whole, index } = FIELDS[field]
    const values = whole === true ? [text] : text.split(',').map((value) => value.trim())
    for (const value of values) {
      if (!isValid(value)) throw new YujingError('request.invalid', `${field}: ${value} is not a possible value`)
    }
    tests.push(test(values))
    if (index === true) indexed.push({ field, values })
  }
  return { matches: (alert) => tests.every((test) => test(alert)), indexed }
}

interface Field {
  readonly isValid: (value: string) => boolean
  readonly test: (values: readonly string[]) => (alert: Alert) => boolean
  /** One value, commas and all. */
  readonly whole?: boolean
  readonly index?: boolean
}

const FIELDS: Readonly<Record<FilterField, Field>> = {
  status: { isValid: isStatus, test: oneOf(({ status }) => status), index: true },
  level: {
    isValid: (value) => LEVELS.some((level) => level === value),
    test: oneOf(({ level }) => level),
    index: true,
  },
  detector: {
    isValid: notEmpty,
    test: (values) => (alert) => values.includes(alert.detector) || values.includes(alert.code),
    index: true,
  },
  region: {
    isValid: (value) => /^\d{6}$/.test(value),
    test: (values) => (alert) => alert.regions.some((county) => values.some((area) => inArea(county, area))),
    index: true,
  },
  industry: {
    isValid: (value) => /^([A-T]|[A-T]?\d{2,4})$/.test(value),
    test: (values) => (alert) => values.some((value) => inIndustry(alert.industry, value)),
  },
  department: { isValid: notEmpty, test: oneOf(({ department }) => department), index: true },
  subject: { isValid: notEmpty, test: oneOf(({ subject }) => subject.key), index: true },
  assignee: { isValid: notEmpty, test: oneOf(({ assignee }) => assignee), index: true },
  since: {
    isValid: (value) => !Number.isNaN(Date.parse(value)),
    test: ([value = '']) => {
      const since = Date.parse(value)
      return (alert) => Date.parse(alert.updatedAt) >= since
    },
    whole: true,
  },
  q: {
    isValid: notEmpty,
    test: ([text = '']) => {
      const words = text.toLowerCase().split(/\s+/)
      return (alert) => {
        const { id, code, subject, title, summary } = alert
        const said = [id, code, subject.name, subject.key, title.zh, title.en, summary.zh, summary.en]
        const all = said.join('\n').toLowerCase()
        return words.every((word) => all.includes(word))
      }
    },
    whole: true,
  },
  historic: { isValid: isBoolean, test: oneOf(({ historic }) => String(historic)), index: true },
  test: { isValid: isBoolean, test: oneOf((alert) => String(alert.test)), index: true },
}

function oneOf(read: (alert: Alert) => string | null): Field['test'] {
  return (values) => (alert) => {
    const value = read(alert)
    return value !== null && values.includes(value)
  }
}

function inIndustry(industry: string, value: string): boolean {
  if (industry === '') return false
  if (/^[A-T]$/.test(value)) return industrySection(industry) === value
  return industry.startsWith(value.replace(/^[A-T]/, ''))
}

function notEmpty(value: string): boolean {
  return value !== ''
}

function isBoolean(value: string): boolean {
  return value === 'true' || value === 'false'
}
