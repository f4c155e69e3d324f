import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Alert } from '../../src/model/alert.ts'
import { eventually, type Service, startService } from '../support/service.ts'
import { act, ago, alerts, complaint, creditCode, post, registration } from '../support/world.ts'

const MINUTE = 60_000
const DAY = 86_400_000

let service: Service
beforeAll(async () => {
  service = await startService()
})
afterAll(() => service.stop())

const about = (subject: string) =>
  eventually(`an alert about ${subject}`, async () => (await alerts(service, `&subject=${subject}`))[0])

describe('the main job', () => {
  test('complaints of many people about one gym within a week raise an orange alert that recommends a measure', async () => {
    const gym = creditCode(1001)
    const complaints = Array.from({ length: 6 }, (_, n) =>
      complaint(gym, { time: ago((6 - n) * MINUTE), phone: `1390000000${n}` }),
    )
    const { status, answer } = await post(service, complaints)
    expect({ status, ...answer }).toMatchObject({ status: 202, accepted: 6, duplicates: 0, rejected: [], reused: [] })
    await about(gym)
    const alert = await eventually('the sixth complaint counted', async () => {
      const found = await about(gym)
      return found.evidence.observed >= 5 && found.evidence.eventsPending === 0 && found
    })
    expect(alert).toMatchObject({
      detector: 'complaint-surge',
      code: 'CMP-01',
      level: 'orange',
      status: 'open',
      historic: false,
      test: false,
      region: '140105',
      subject: { kind: 'enterprise', key: gym },
    })
    expect(alert.recommendation.measure).not.toBeNull()
    expect(alert.recommendation.because.length).toBeGreaterThan(0)
    expect(alert.summary.zh).toMatch(/投诉/)
    expect(alert.evidence.events.length).toBe(alert.evidence.eventsTotal)
    expect(complaints.map((event) => event.id)).toContain(alert.evidence.events[0]?.id)
  })

  test('one complainant who complains six times raises nothing', async () => {
    const shop = creditCode(1002)
    await post(
      service,
      Array.from({ length: 6 }, (_, n) => complaint(shop, { time: ago((6 - n) * MINUTE), phone: '13800000000' })),
    )
    const other = creditCode(1003)
    await post(
      service,
      Array.from({ length: 6 }, (_, n) => complaint(other, { time: ago((6 - n) * MINUTE), phone: `1380000000${n}` })),
    )
    await about(other)
    expect(await alerts(service, `&subject=${shop}`)).toEqual([])
  })

  test('five registrations at one address, written in different ways, raise an alert about the address', async () => {
    const spellings = [
      '山西省太原市小店区建设南路12号3层301室',
      '太原市小店区建设南路１２号三层301室',
      '小店区建设南路12号3层301室',
      '建设南路 12 号 3 层 301 室',
      '建设南路12号三层301室',
    ]
    const codes = spellings.map((_, n) => creditCode(2000 + n))
    await post(
      service,
      spellings.map((address, n) =>
        registration(codes[n] as string, { time: ago((9 - n) * MINUTE), name: `太原晋一${n}贸易有限公司`, address }),
      ),
    )
    const alert = await eventually('an alert about the address', async () =>
      (await alerts(service, '&detector=same-address-registrations')).find((found) => found.evidence.observed >= 5),
    )
    expect(alert).toMatchObject({ level: 'orange', code: 'REG-01', subject: { kind: 'address' } })
    expect([...alert.subject.enterprises].sort()).toEqual([...codes].sort())
    expect(alert.recommendation.measure).toBe('inspection')
  })

  test('a cluster-registration address stays quiet', async () => {
    const before = (await alerts(service, '&detector=same-address-registrations')).length
    await post(
      service,
      Array.from({ length: 8 }, (_, n) =>
        registration(creditCode(3000 + n), {
          time: ago(n * MINUTE),
          name: `太原云集${n}商贸有限公司`,
          address: '平阳路1号集群注册托管1室',
          addressKind: 'cluster',
        }),
      ),
    )
    const marker = creditCode(3100)
    await post(
      service,
      Array.from({ length: 6 }, (_, n) => complaint(marker, { time: ago((6 - n) * MINUTE), phone: `1370000000${n}` })),
    )
    await about(marker)
    expect((await alerts(service, '&detector=same-address-registrations')).length).toBe(before)
  })

  test('history changes the state and raises nothing by itself', async () => {
    const address = '长风街99号7层701室'
    await post(
      service,
      Array.from({ length: 11 }, (_, n) =>
        registration(creditCode(4000 + n), {
          time: ago(400 * DAY + n * DAY),
          name: `太原旧户${n}商贸有限公司`,
          address,
          backfill: true,
        }),
      ),
    )
    await post(service, [registration(creditCode(4100), { time: ago(MINUTE), name: '太原新户商贸有限公司', address })])
    const marker = creditCode(4200)
    await post(
      service,
      Array.from({ length: 6 }, (_, n) => complaint(marker, { time: ago((6 - n) * MINUTE), phone: `1360000000${n}` })),
    )
    await about(marker)
    const found = (await alerts(service, '&detector=same-address-registrations')).filter((alert) =>
      alert.subject.enterprises.includes(creditCode(4100)),
    )
    expect(found).toEqual([])
  })

  test('an officer acknowledges with the revision read, and only with it', async () => {
    const shop = creditCode(5001)
    await post(
      service,
      Array.from({ length: 6 }, (_, n) => complaint(shop, { time: ago((6 - n) * MINUTE), phone: `1350000000${n}` })),
    )
    const { id } = await about(shop)
    const without = (headers: Record<string, string>) =>
      service.request(`/v1/alerts/${id}/actions`, {
        body: JSON.stringify({ action: 'acknowledge' }),
        headers: { 'content-type': 'application/json', ...headers },
      })
    expect((await without({})).status).toBe(428)
    expect((await without({ 'if-match': '"1"' })).status).toBe(412)
    const acknowledged = await act(service, id, { action: 'acknowledge' })
    expect(acknowledged.status).toBe(200)
    expect((await acknowledged.json()) as Alert).toMatchObject({ id, status: 'acknowledged' })
  })

  test('the enterprise has a record and a timeline', async () => {
    const code = creditCode(6001)
    await post(service, [
      registration(code, { time: ago(10 * MINUTE), name: '太原档案样例有限公司', address: '学府街5号2室' }),
      complaint(code, { time: ago(MINUTE), phone: '13400000000' }),
    ])
    const record = await eventually('the record', async () => {
      const response = await service.request(`/v1/enterprises/${code}`)
      return response.status === 200 && ((await response.json()) as { name: string })
    })
    expect(record.name).toBe('太原档案样例有限公司')
    const text = await eventually('both events on the timeline', async () => {
      const body = await (await service.request(`/v1/enterprises/${code}/timeline`)).text()
      return (JSON.parse(body) as { items: unknown[] }).items.length === 2 && body
    })
    for (const secret of ['李四光', '140105198001010013', '13900001111', '13400000000', '张三丰'])
      expect(text).not.toContain(secret)
  })

  test('what a foreign complaint says does not move an enterprise to another county', async () => {
    const code = creditCode(6101)
    await post(service, [
      registration(code, { time: ago(20 * MINUTE), name: '太原辖区样例有限公司', address: '学府街6号2室' }),
      complaint(code, { time: ago(MINUTE), phone: '13400000001', region: '140212' }),
    ])
    const record = await eventually('both events in the record', async () => {
      const response = await service.request(`/v1/enterprises/${code}`)
      const body = (await response.json()) as { region: string; events: number }
      return response.status === 200 && body.events === 2 && body
    })
    expect(record.region).toBe('140105')
  })

  test('JSON nested too deeply is refused, what stands beside it is taken', async () => {
    const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`
    const send = async (type: string, put: (...events: string[]) => string, number: number) => {
      const good = complaint(creditCode(number), { time: ago(MINUTE), phone: '13400000002' })
      const headers = { 'content-type': `application/${type}` }
      const answer = await service.request('/v1/events', { body: put(JSON.stringify(good), `{"a":${deep}}`), headers })
      return [answer.status, await answer.json()]
    }
    const taken = [202, { accepted: 1, duplicates: 0, rejected: [{ index: 1, code: 'event.malformed' }] }]
    const batch = await send('cloudevents-batch+json', (...events) => `[${events.join(',')}]`, 6201)
    expect(batch).toMatchObject(taken)
    const lines = await send('x-ndjson', (...events) => events.join('\n'), 6202)
    expect(lines).toMatchObject(taken)
    const alone = await send('cloudevents+json', (_, event = '') => event, 6203)
    expect(alone).toMatchObject([400, { error: { code: 'body.malformed' } }])
  })

  test('an officer who writes a phone into a comment does not put it into the files', async () => {
    const shop = creditCode(6301)
    await post(
      service,
      Array.from({ length: 6 }, (_, n) => complaint(shop, { time: ago((6 - n) * MINUTE), phone: `1330000000${n}` })),
    )
    const { id } = await about(shop)
    const answer = await act(service, id, { action: 'comment', note: '请联系王先生，电话13912345678' })
    expect(answer.status).toBe(200)
    expect(await answer.text()).not.toMatch(/13912345678|王先生/)
  })
})
