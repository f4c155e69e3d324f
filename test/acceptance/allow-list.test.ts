import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { addressKey } from '../../src/model/address.ts'
import type { Alert } from '../../src/model/alert.ts'
import { DAY_MS, formatTime } from '../../src/model/time.ts'
import { eventually, type Service, startService } from '../support/service.ts'
import { ago, alerts, creditCode, post, registration } from '../support/world.ts'

const [LISTED, OTHER] = ['山西省太原市小店区长风街9号A座', '山西省太原市小店区长风街1号B座']
const KEY = addressKey('140105', LISTED as string) as string
const ENTRY = {
  kind: 'address',
  key: KEY,
  detector: 'same-address-registrations',
  owner: '登记科 王**',
  reason: '政府招商集群注册地址',
  until: formatTime(Date.now() + 30 * DAY_MS),
}

describe('an address on the allow-list', () => {
  let service: Service
  let registered = 0
  beforeAll(async () => {
    service = await startService()
  })
  afterAll(() => service?.stop())

  const ask = async (method: string, path: string, body?: object) => {
    const init = { method, headers: { 'content-type': 'application/json' } }
    const answer = await service.request(path, body ? { ...init, body: JSON.stringify(body) } : { method })
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> }
  }
  const set = (after: number, entries: readonly object[]) => ask('PUT', '/v1/allow-lists', { after, entries })
  const register = (address = '', count = 1) =>
    post(
      service,
      Array.from({ length: count }, () =>
        registration(creditCode(++registered), { time: ago(60_000), name: `公司${registered}`, address }),
      ),
    )
  const about = async (key: string) => (await alerts(service)).filter(({ subject }) => subject.key === key)
  const explained = (stock: number) =>
    eventually(`${stock} enterprises there`, async () => {
      const { status, body } = await ask('GET', `/v1/detectors/same-address-registrations/explain?key=${KEY}`)
      return status === 200 && body.stock === stock && body
    })

  it('stays quiet while another speaks', async () => {
    const { status, body } = await set(0, [ENTRY])
    expect([status, body]).toMatchObject([200, { version: 1, entries: [ENTRY], position: { index: 0 } }])
    await register(LISTED, 6)
    await register(OTHER, 6)
    const other = addressKey('140105', OTHER as string) as string
    await eventually('the alert of the other address', async () => (await about(other))[0])
    const { owner, reason } = ENTRY
    expect(await explained(6)).toMatchObject({
      state: 'allow-listed',
      allowListed: { owner, reason, detector: ENTRY.detector, until: Date.parse(ENTRY.until) },
      verdict: { level: expect.any(String), observed: 6 },
      alertId: null,
    })
    expect(await about(KEY)).toEqual([])
  })

  it('is not set by an editor who has not read the last list, nor for a key that the detector does not count by', async () => {
    expect(await set(0, [])).toMatchObject({ status: 412, body: { error: { code: 'revision.stale' } } })
    for (const wrong of [{ detector: 'none' }, { kind: 'enterprise' }])
      expect(await set(1, [{ ...ENTRY, ...wrong }])).toMatchObject({ body: { error: { code: 'request.invalid' } } })
    expect(await set(1, [ENTRY, ENTRY])).toMatchObject({ status: 400 })
    expect(await ask('GET', '/v1/allow-lists')).toMatchObject({ body: { version: 1, entries: [ENTRY] } })
  })

  it('stays quiet after a restart, and speaks with the next registration once it is taken off', async () => {
    await service.restart()
    await register(LISTED)
    expect(await explained(7)).toMatchObject({ state: 'allow-listed' })
    expect(await about(KEY)).toEqual([])
    expect(await set(1, [])).toMatchObject({ status: 200, body: { version: 2, entries: [] } })
    await register(LISTED)
    const alert = await eventually('its alert', async () => (await about(KEY))[0])
    expect(alert).toMatchObject({ code: 'REG-01', evidence: { observed: 8 } } satisfies Partial<
      Record<keyof Alert, unknown>
    >)
    const proof = await eventually('its history', async () => {
      const answer = await ask('POST', `/v1/alerts/${alert.id}/verify`)
      return answer.status === 200 && answer.body
    })
    expect(proof).toMatchObject({ result: 'reproduced', observed: 8 })
    expect(await explained(8)).toMatchObject({ state: 'alert-open', allowListed: null })
  })
})

describe('a year of a calendar', () => {
  let service: Service
  beforeAll(async () => {
    service = await startService()
  })
  afterAll(() => service?.stop())

  it('is set by an administrator in place of what the code brings along', async () => {
    const put = async (body: object) => {
      const answer = await service.request('/v1/calendars', {
        method: 'PUT',
        body: JSON.stringify(body),
        headers: { 'content-type': 'application/json' },
      })
      return { status: answer.status, body: (await answer.json()) as Record<string, unknown> }
    }
    type Year = { calendar: string; year: number; off: string[]; on: string[]; version: number; by: string }
    const shown = async () => ((await (await service.request('/v1/calendars')).json()) as { items: Year[] }).items
    const [brought] = await shown()
    if (brought === undefined) throw new Error('the code brings no year along')
    const { version, by: _, ...year } = brought
    const more = { ...year, off: [...year.off, `${year.year}-12-31`] }
    expect(await put({ ...more, after: version })).toMatchObject({ status: 200, body: { version: version + 1 } })
    expect(await put({ ...more, after: version })).toMatchObject({
      status: 412,
      body: { error: { code: 'revision.stale' } },
    })
    for (const off of [['2031-02-30'], ['2030-01-01']])
      expect(await put({ calendar: 'school', year: 2031, off, on: [], after: 0 })).toMatchObject({ status: 400 })
    await service.restart()
    expect((await shown()).find((one) => one.year === year.year && one.calendar === year.calendar)).toMatchObject({
      ...more,
      version: version + 1,
    })
  })
})
