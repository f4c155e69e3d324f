import type { EnterpriseRecord } from '../api/enterprises.ts'
import { dayOf } from '../words/time.ts'
import type { Words } from '../words/useWords.ts'

/** A name and its value, for a list. */
export interface Fact {
  readonly name: string
  readonly value: string
  readonly mono?: boolean
}

/** What is known of an enterprise, in the reader's words; what is not known is left out. */
export function factsOf(record: Partial<EnterpriseRecord>, words: Words): Fact[] {
  const { t, word, number, area, industry, kind, capital } = words
  const money = (yuan: number | null | undefined) => (typeof yuan === 'number' ? capital(yuan) : null)
  const day = (time: string | null | undefined) => (time ? dayOf(Date.parse(time)) : null)
  const values: readonly (readonly [name: string, value: string | null | undefined, mono?: boolean])[] = [
    ['code', record.code, true],
    ['status', record.status && word('enterprise.statuses', record.status)],
    ['kind', record.kind && kind(record.kind)],
    ['region', area(record.region ?? '')],
    ['industry', record.industry && industry(record.industry)],
    ['address', record.address],
    ['legalRepresentative', record.legalRepresentative?.name],
    ['capital', money(record.capital)],
    ['paidIn', money(record.paidIn)],
    ['registeredAt', day(record.registeredAt)],
    ['scope', record.scope],
    ['events', record.events === undefined ? null : t('enterprise.eventCount', { n: number(record.events) })],
  ]
  return values.flatMap(([name, value, mono = false]) =>
    value ? [{ name: t(`enterprise.${name}`), value, mono }] : [],
  )
}
