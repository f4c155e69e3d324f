import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { AlertArchive, ArchivePlace } from '../../src/alerts/ports/alert-archive.ts'
import { merge } from '../../src/alerts/stages/merge.ts'
import type { StoredAlert } from '../../src/model/alert.ts'
import type { AlertFilter } from '../../src/model/alert-filter.ts'
import { formatTime } from '../../src/model/time.ts'
import { connectStore, type Store } from '../../src/store/store.ts'
import { silentLogger } from '../../src/telemetry/logger.ts'
import { startTestClickHouse, type TestClickHouse } from '../support/clickhouse.ts'
import { MemoryArchive } from '../support/memory-archive.ts'
import { finding, MONDAY, NOODLES } from './findings.ts'

const HOUR = 3_600_000

function finished(id: string, hour: number, changes: Partial<StoredAlert> = {}, counties = ['140105']): StoredAlert {
  const verdict = { finding: finding({ at: 1, alert: id, counties }), events: [], eventsPending: 0, name: '火锅店甲' }
  const merged = merge({ before: null, at: formatTime(MONDAY), verdict })
  if ('dropped' in merged) throw new Error(merged.dropped)
  return { ...merged.alert, status: 'closed', updatedAt: formatTime(MONDAY + hour * HOUR), ...changes }
}

function keepsItsPromises(open: () => Promise<AlertArchive>): void {
  let archive: AlertArchive
  const alerts = [
    finished('a', 1, { level: 'red', assignee: 'officer-7', department: '消保处' }),
    finished('b', 2, { status: 'dismissed', industry: '5190', historic: true }),
    finished(
      'c',
      2,
      { subject: { kind: 'enterprise', key: NOODLES, name: '面馆 O\'乙"', enterprises: [], hidden: 0 } },
      ['140212'],
    ),
    finished('d', 4, { test: true }, ['140106', '140212']),
  ]
  beforeAll(async () => {
    archive = await open()
    expect([await archive.newest(), await archive.get('a'), await archive.past(0)]).toEqual([null, null, []])
    await archive.put(alerts.map((value, n) => ({ value, revision: n + 1 })))
  })
  const ids = async (
    filter: AlertFilter,
    areas: readonly string[] | 'all' = 'all',
    below: ArchivePlace | null = null,
  ) => (await archive.list({ filter, areas, below, most: 10 })).map(({ value }) => value.id).join('')

  it('gives back what was put, whole, and nothing else', async () => {
    for (const [n, value] of alerts.entries()) expect(await archive.get(value.id)).toEqual({ value, revision: n + 1 })
    expect(await archive.get('e')).toBeNull()
    expect(await archive.newest()).toBe(MONDAY + 4 * HOUR)
  })

  it('lists by the last change, the younger first, page by page', async () => {
    expect(await ids({})).toBe('dcba')
    const page = await archive.list({ filter: {}, areas: 'all', below: null, most: 2 })
    expect(page.map(({ value }) => value.id)).toEqual(['d', 'c'])
    expect(await ids({}, 'all', { updatedMs: MONDAY + 2 * HOUR, id: 'c' })).toBe('ba')
  })

  it.each<[AlertFilter, string]>([
    [{ statuses: ['dismissed'] }, 'b'],
    [{ levels: ['red', 'blue'] }, 'a'],
    [{ detectors: ['CMP-01'] }, 'dcba'],
    [{ detectors: ['complaint-surge'], regions: ['140200'] }, 'dc'],
    [{ regions: ['140105'] }, 'ba'],
    [{ regions: ['140000'] }, 'dcba'],
    [{ industries: ['51'] }, 'b'],
    [{ departments: ['消保处'] }, 'a'],
    [{ subjects: [NOODLES] }, 'c'],
    [{ assignees: ['officer-7'] }, 'a'],
    [{ since: MONDAY + 3 * HOUR }, 'd'],
    [{ historic: true }, 'b'],
    [{ test: true }, 'd'],
  ])('filters by %j', async (filter, wanted) => {
    expect(await ids(filter)).toBe(wanted)
  })

  it('leaves out what the reader may not know of, and never what a text could be in', async () => {
    expect(await ids({}, ['140212'])).toBe('dc')
    expect(await ids({}, ['140100'])).toBe('dba')
    expect(await ids({ q: 'o\'乙"' })).toContain('c')
    expect(await ids({ q: 'CMP-01　面馆' })).toContain('c')
  })

  it('takes the same again and a newer state, never an older one', async () => {
    const newer = finished('a', 9, { status: 'dismissed' })
    await archive.put([{ value: newer, revision: 77 }])
    await archive.put([{ value: alerts[0] as StoredAlert, revision: 1 }])
    expect(await archive.get('a')).toEqual({ value: newer, revision: 77 })
    expect(await ids({})).toBe('adcb')
    expect((await archive.past(MONDAY + 4 * HOUR)).map(({ id, status }) => `${id} ${status}`).sort()).toEqual([
      'a dismissed',
      'd closed',
    ])
  })
}

describe('in memory', () => {
  keepsItsPromises(async () => new MemoryArchive())
})

describe('in ClickHouse', () => {
  let server: TestClickHouse
  let store: Store
  keepsItsPromises(async () => {
    server = await startTestClickHouse()
    store = await connectStore({ ...server, logger: silentLogger() })
    return store.alerts
  })
  afterAll(async () => {
    await store?.close()
    await server?.stop()
  })
})
