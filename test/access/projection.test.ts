import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { administrator, type Identity } from '../../src/access/identity.ts'
import { project } from '../../src/access/projection.ts'
import { canSee } from '../../src/access/scope.ts'
import type { Alert } from '../../src/model/alert.ts'
import { inArea } from '../../src/model/area.ts'
import type { LoggedEvent } from '../../src/model/event.ts'
import { eventAt, finding, HOT_POT, NOODLES } from '../alerts/findings.ts'
import { openOffice } from '../alerts/office.ts'

const office = await openOffice()
afterAll(() => office.closes())

async function alertOver(id: string, ...counties: string[]): Promise<Alert> {
  await office.receives(finding({ at: Number(id), alert: id, address: `a1${id}`, counties }))
  return office.officer('comment', { note: '应县面馆也在其中' }, id)
}

function supervisor(...areas: string[]): Identity {
  return { ...administrator('k1', 'county'), role: 'supervisor', areas }
}

const XIAODIAN = '140105'
const DATONG = '140212'

describe('projection', () => {
  test.each([
    [['140105'], ['140105'], true],
    [['140100'], ['140105'], true],
    [['140000'], ['140212'], true],
    [['140100'], ['140212'], false],
    [['140106'], ['140105'], false],
    [['140212'], ['140105', '140212'], true],
    [[], ['140105'], false],
  ])('areas %j and counties %j: %s', (areas, regions, seen) => {
    expect(canSee(supervisor(...areas), regions)).toBe(seen)
  })

  test('an alert within scope is the very same', async () => {
    const alert = await alertOver('1', XIAODIAN)
    expect(project(supervisor('140100'), alert)).toBe(alert)
    expect(project(administrator('a', 'a'), alert)).toBe(alert)
  })

  test('outside scope it does not exist; a sender sees none at all', async () => {
    const alert = await alertOver('2', XIAODIAN)
    expect(project(supervisor(DATONG), alert)).toBeNull()
    expect(project({ ...administrator('a', 'a'), role: 'ingest' }, alert)).toBeNull()
  })

  test('over several counties it keeps what is known to be in scope, and says how much is hidden', async () => {
    const found = (place: number) =>
      [
        { ...eventAt(3, 0), type: 'enterprise.registered', subject: NOODLES, region: DATONG },
        { ...eventAt(3, 1), type: 'enterprise.registered', subject: HOT_POT, region: XIAODIAN },
        // Seen elsewhere, but registered in Datong: it belongs there.
        { ...eventAt(3, 2), subject: NOODLES, region: XIAODIAN },
      ][place] as LoggedEvent
    const office = await openOffice({ eventsAt: async (positions) => positions.map(({ index }) => found(index)) })
    const events = [0, 1, 2].map((index) => ({ seq: 3, index }))
    await office.receives(finding({ at: 3, alert: '3', address: 'a13', counties: [XIAODIAN, DATONG], events }))
    const alert = await office.officer('comment', { note: '应县面馆也在其中' }, '3')
    await office.closes()
    const seen = project(supervisor(DATONG), alert)
    expect(seen).toMatchObject({
      id: '3',
      level: 'orange',
      region: DATONG,
      regions: [DATONG],
      subject: { enterprises: [NOODLES], hidden: 1 },
      evidence: { observed: 1, events: [{ id: 'event-3.0' }], eventsTotal: 1, series: [], threshold: 5 },
      summary: { zh: '涉及其他辖区，由上级牵头。' },
    })
    const text = JSON.stringify(seen)
    for (const foreign of [XIAODIAN, HOT_POT, '6 complainants', '应县', 'event-3.1'])
      expect(text).not.toContain(foreign)
    expect(project(supervisor(XIAODIAN), alert)).toMatchObject({
      subject: { enterprises: [HOT_POT], hidden: 1 },
      evidence: { observed: 2, events: [{ id: 'event-3.1' }, { id: 'event-3.2' }] },
    })
    expect(JSON.stringify(alert)).not.toContain('places')
  })

  test('what nobody knows the county of is hidden', async () => {
    const office = await openOffice({ eventsAt: async (positions) => positions.map(() => null) })
    await office.receives(finding({ at: 6, alert: '6', address: 'a16', counties: [XIAODIAN, DATONG] }))
    const seen = project(supervisor(DATONG), office.alert('6'))
    await office.closes()
    expect(seen).toMatchObject({ subject: { enterprises: [], hidden: 2 }, evidence: { observed: 0, events: [] } })
  })

  test('the enterprise an alert is about is no secret to who sees the alert', async () => {
    await office.receives(finding({ at: 4, alert: '4', counties: [XIAODIAN, DATONG] }))
    expect(project(supervisor(DATONG), office.alert('4'))?.subject).toMatchObject({ enterprises: [HOT_POT], hidden: 0 })
  })

  test('law: no projection names a county outside the scope', async () => {
    const county = fc.constantFrom('140105', '140106', '140212', '140213', '140802')
    const area = fc.oneof(county, fc.constantFrom('140100', '140200', '140800'))
    const base = await alertOver('5', XIAODIAN)
    fc.assert(
      fc.property(fc.uniqueArray(county, { minLength: 1 }), fc.uniqueArray(area), (regions, areas) => {
        const alert = { ...base, region: regions[0] ?? '', office: regions[0] ?? null, regions }
        const seen = project(supervisor(...areas), alert)
        const within = (region: string) => areas.some((one) => inArea(region, one))
        expect(seen !== null).toBe(regions.some(within))
        if (seen !== null) expect([seen.region, seen.office ?? seen.region, ...seen.regions].every(within)).toBe(true)
      }),
    )
  })
})
