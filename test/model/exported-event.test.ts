import { describe, expect, test } from 'vitest'
import { admit } from '../../src/ingest/admit.ts'
import { compileCatalogue } from '../../src/ingest/data-check.ts'
import { INGEST_LIMITS } from '../../src/ingest/limits.ts'
import { createPseudonyms } from '../../src/ingest/pseudonyms.ts'
import { CATALOGUE, EVENT_TYPES } from '../../src/model/catalogue/catalogue.ts'
import { exportedEvent } from '../../src/model/exported-event.ts'

const KEY = Buffer.alloc(32, 7)
const gate = {
  checks: compileCatalogue(),
  pseudonyms: createPseudonyms({ personKey: KEY, strongSource: () => false, cached: 10 }),
  limits: INGEST_LIMITS,
}
const rights = { sources: 'all', types: 'all', areas: 'all', backfill: true, retracts: true } as const
const NOW = Date.parse('2026-11-25T00:00:00+08:00')

/** An event as the door leaves it, of the example of its type. */
function canonical(type: (typeof EVENT_TYPES)[number], more: object = {}) {
  const { example, subject } = CATALOGUE[type]
  const who = subject === 'none' ? {} : { subject: '91140105MA0K2914XG' }
  const base = { specversion: '1.0', id: 'X', source: '/test', type, ...who, time: '2026-11-24T08:00:00+08:00' }
  const retracts = type === 'event.retracted' ? { retracts: 'Y' } : {}
  const value = { ...base, region: '140105', ...retracts, data: example, ...more }
  const admission = admit({ value, fault: null, bytes: 100 }, rights, NOW, gate)
  if ('refusal' in admission) throw new Error(`${type}: ${admission.refusal.message}`)
  return admission.event
}

describe('what leaves the house', () => {
  test.each(EVENT_TYPES)('of %s names nobody', (type) => {
    const text = JSON.stringify(exportedEvent(canonical(type)))
    expect(JSON.parse(text)).toMatchObject({ specversion: '1.0', id: 'X', source: '/test', type, region: '140105' })
    expect(text).not.toMatch(/"(?:key|strength|masked|birthYear|text|scope)":|\bp1[0-9a-f]{32}/)
  })

  test('keeps what is said of enterprises, and is silent of history', () => {
    const moved = canonical('equity.pledged', { data: { ratio: 0.3, holder: '91140105MA0K2914XG' } })
    expect(exportedEvent(moved)?.data).toEqual({ ratio: 0.3, holder: '91140105MA0K2914XG' })
    const penalty = exportedEvent(canonical('penalty.imposed'))
    expect(penalty?.data).toEqual(canonical('penalty.imposed').data)
    expect(penalty?.time).toBe('2026-11-24T08:00:00+08:00')
    expect(exportedEvent(canonical('penalty.imposed', { backfill: true }))).toBeNull()
  })
})
