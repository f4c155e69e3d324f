import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestClickHouse, type TestClickHouse } from '../support/clickhouse.ts'
import { createGateway, type Gateway } from '../support/gateway.ts'
import { eventually, type Service, startService } from '../support/service.ts'
import { ago, alerts, complaint, creditCode, post } from '../support/world.ts'

let clickHouse: TestClickHouse
let gateway: Gateway
let service: Service
beforeAll(async () => {
  clickHouse = await startTestClickHouse()
  gateway = await createGateway(clickHouse.url)
  service = await startService({
    env: { YUJING_CLICKHOUSE_URL: withCredentials(gateway.url), YUJING_HISTORY_TIMEOUT_MS: '3000' },
  })
})
afterAll(async () => {
  await service?.stop()
  await gateway?.close()
  await clickHouse?.stop()
})

const readiness = async () => {
  const response = await service.request('/readyz')
  return { status: response.status, body: (await response.json()) as { reasons?: string[]; degraded?: string[] } }
}
const GYM = creditCode(1)
const SCHOOL = creditCode(2)
const six = (subject: string) =>
  Array.from({ length: 6 }, (_, n) => complaint(subject, { time: ago(60_000), phone: `1380000000${n}` }))

describe('a start while ClickHouse is away', () => {
  test('of a service that never wrote: it runs, takes nothing and says why, until history comes', async () => {
    expect(await readiness()).toMatchObject({ status: 503, body: { reasons: ['the writer waits for the store'] } })
    expect((await post(service, six(GYM))).status).toBe(503)
    await gateway.open()
    await eventually('readiness', async () => (await readiness()).status === 200)
    expect((await post(service, six(GYM))).answer.accepted).toBe(6)
    await eventually('an alert', async () => (await alerts(service)).some(({ subject }) => subject.key === GYM))
    await eventually('the timeline', async () => (await timeline(GYM)) === 6)
  })

  test('of one with its own snapshot: events are taken and judged, history waits, and nothing is missing later', async () => {
    await service.halt()
    await gateway.close()
    await service.start()
    expect(await readiness()).toMatchObject({ status: 200, body: { degraded: ['store'] } })
    expect((await post(service, six(SCHOOL))).answer.accepted).toBe(6)
    // Of finished ones the archive would be asked as well, and it is away.
    const open = () => alerts(service, '&status=open')
    await eventually('an alert', async () => (await open()).some(({ subject }) => subject.key === SCHOOL))
    const history = await service.request(`/v1/enterprises/${GYM}/timeline`)
    expect(history.status).toBe(503)
    expect(await history.json()).toMatchObject({ error: { code: 'store.unavailable' } })
    await gateway.open()
    await eventually('what came meanwhile', async () => (await timeline(SCHOOL)) === 6)
    expect(await timeline(GYM)).toBe(6)
    await eventually('full readiness', async () => (await readiness()).body.degraded?.length === 0)
  })
})

describe('a ClickHouse that takes questions and never answers', () => {
  test('is away to whoever asks for history, long before a connection would be given up', async () => {
    process.kill(clickHouse.pid, 'SIGSTOP')
    try {
      // More than there are connections: none waits for the end of another.
      const answers = await Promise.all(
        Array.from({ length: 20 }, () => service.request(`/v1/enterprises/${GYM}/timeline`)),
      )
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([503]))
      expect(await answers[0]?.json()).toMatchObject({ error: { code: 'store.unavailable' } })
    } finally {
      process.kill(clickHouse.pid, 'SIGCONT')
    }
    await eventually('the timeline', async () => (await timeline(GYM)) === 6)
  })
})

/** Events of an enterprise in history; 0 for one that history does not know. */
async function timeline(code: string): Promise<number> {
  const response = await service.request(`/v1/enterprises/${code}/timeline?limit=100`)
  if (response.status !== 200) return 0
  return ((await response.json()) as { items: unknown[] }).items.length
}

function withCredentials(address: string): string {
  const url = new URL(address)
  url.username = clickHouse.username
  url.password = clickHouse.password
  return url.toString()
}
