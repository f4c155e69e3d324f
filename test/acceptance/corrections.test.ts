import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Alert } from '../../src/model/alert.ts'
import { eventually, type Service, startService } from '../support/service.ts'
import { ago, alerts, complaint, creditCode, post, registration, type SentEvent, settled } from '../support/world.ts'

const root = resolve(import.meta.dirname, '../..')
const HOUR_MS = 3_600_000

describe('what sources take back, and officers add', () => {
  let service: Service
  beforeAll(async () => {
    service = await startService()
  })
  afterAll(() => service?.stop())

  const alertOf = async (subject: string) => (await alerts(service, `&subject=${subject}`))[0]
  const until = (what: string, subject: string, holds: (alert: Alert) => boolean) =>
    eventually(what, async () => {
      const alert = await alertOf(subject)
      return alert && holds(alert) && alert
    })
  const correcting = (event: SentEvent, retracts: string): SentEvent & { retracts: string } => ({ ...event, retracts })
  const withdrawal = (id: string, of: string) => {
    const { subject: _, ...event } = complaint('', { id, time: ago(0) })
    return correcting({ ...event, type: 'event.retracted', data: { reason: '重复录入' } }, of)
  }
  async function run(...args: string[]) {
    const child = spawn(process.execPath, [join(root, 'dist/src/main.js'), ...args, '--data-dir', service.dataDir], {
      env: { PATH: process.env.PATH },
      cwd: root,
    })
    let text = ''
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk) => {
        text += chunk
      })
    const [code] = (await once(child, 'close')) as [number]
    return { code, text }
  }
  const proof = (id: string) =>
    eventually(`history of ${id}`, async () => {
      const answer = await service.request(`/v1/alerts/${id}/verify`, { method: 'POST' })
      return answer.status === 200 && ((await answer.json()) as { result: string })
    })

  const gym = creditCode(1)
  const gymComplaint = (n: number, more: { id?: string } = {}) =>
    complaint(gym, { time: ago(n * HOUR_MS), phone: `1390000000${n}`, id: `gym-${n}`, ...more })

  it('a withdrawn event takes its alert away, and the timeline says so', async () => {
    await post(
      service,
      [1, 2, 3, 4, 5].map((n) => gymComplaint(n)),
    )
    await until('the alert', gym, ({ evidence }) => evidence.observed === 5)
    expect((await post(service, [withdrawal('sorry', 'gym-3')])).answer).toMatchObject({ accepted: 1, rejected: [] })
    const gone = await until('a withdrawn alert', gym, ({ status }) => status === 'closed')
    expect(gone).toMatchObject({ outcome: 'withdrawn', evidence: { observed: 4, eventsTotal: 4 } })
    expect(gone.evidence.events.map(({ id }) => id)).not.toContain('gym-3')
    expect(gone.history.at(-1)?.note).toBe('withdrawn: /test/12315 gym-3, by sorry (重复录入)')
    expect(await proof(gone.id)).toMatchObject({ result: 'reproduced' })
    const items = await eventually('the timeline', async () => {
      const answer = await service.request(`/v1/enterprises/${gym}/timeline`)
      const { items } = (await answer.json()) as { items: { id: string; retractedby?: string; retraction?: string }[] }
      return items.some(({ retractedby }) => retractedby !== undefined) && items
    })
    expect(items.filter(({ retractedby }) => retractedby !== undefined)).toMatchObject([
      { id: 'gym-3', retractedby: 'sorry', retraction: 'withdrawn' },
    ])
  })

  it('what comes before its original waits, through kill -9', async () => {
    const shop = creditCode(2)
    const five = [1, 2, 3, 4, 5].map((n) =>
      complaint(shop, { time: ago(n * HOUR_MS), phone: `1380000000${n}`, id: `shop-${n}` }),
    )
    expect((await post(service, [withdrawal('early', 'shop-5')])).answer).toMatchObject({ accepted: 1 })
    await service.kill()
    await service.start()
    expect((await post(service, [withdrawal('early', 'shop-5')])).answer).toMatchObject({ duplicates: 1 })
    await post(service, five)
    const gone = await until('a withdrawn alert', shop, ({ outcome }) => outcome === 'withdrawn')
    expect(await proof(gone.id)).toMatchObject({ result: 'reproduced' })
    const metrics = await (await service.request('/metrics')).text()
    expect(metrics).toContain('yujing_parked_corrections 0')
  })

  it('a complaint without a code is judged for the enterprise to which an officer attributes it', async () => {
    const salon = creditCode(3)
    const nameless = [0, 1, 2, 3, 4].map((n) => {
      const { subject: _, ...event } = complaint('', {
        time: ago((n + 1) * HOUR_MS),
        phone: `1370000000${n}`,
        id: `salon-${n}`,
      })
      return { ...event, data: { ...event.data, respondent: { name: '某美发店' } } } as SentEvent
    })
    await post(service, nameless)
    const waiting = async () => {
      const { items } = (await (await service.request('/v1/events/unattributed')).json()) as { items: { id: string }[] }
      return items.map(({ id }) => id).filter((id) => id.startsWith('salon-'))
    }
    await eventually('all of them on the list of what waits', async () => (await waiting()).length === nameless.length)
    const attribute = (id: string, subject = salon) =>
      service.request(`/v1/events/${id}/attribute`, {
        body: JSON.stringify({ source: '/test/12315', subject }),
        headers: { 'content-type': 'application/json' },
      })
    for (const { id } of nameless)
      expect(await (await attribute(id)).json()).toEqual({ source: '/test/12315', id, subject: salon, repeated: false })
    const raised = await until('the alert', salon, ({ evidence }) => evidence.observed === 5)
    expect(raised.evidence.events[0]).toEqual({ source: '/test/12315', id: `salon-0@${salon}` })
    await eventually('none of them waits any more', async () => (await waiting()).length === 0)
    expect(await (await attribute('salon-0')).json()).toMatchObject({ repeated: true })
    expect((await attribute('salon-0', creditCode(4))).status).toBe(409)
    expect((await attribute('salon-9')).status).toBe(404)
    expect((await attribute('salon-0', 'nonsense')).status).toBe(400)
    expect(await proof(raised.id)).toMatchObject({ result: 'reproduced' })
  })

  it('the register and the record of an enterprise say what they would without the event', async () => {
    const address = '山西省太原市小店区长风街1号B座'
    const companies = [11, 12, 13, 14, 15].map((n) =>
      registration(creditCode(n), { time: ago(n * HOUR_MS), name: `公司${n}`, address }),
    )
    await post(service, companies)
    const filled = await eventually('the alert of the address', async () => {
      return (await alerts(service)).find(({ detector }) => detector === 'same-address-registrations')
    })
    const last = companies[4] as SentEvent
    const right = {
      ...last,
      id: 'right',
      data: { ...last.data, address: '山西省太原市小店区学府街8号', name: '公司甲' },
    }
    await eventually('the replacement in the log', async () => {
      const { status } = await post(service, [correcting(right, last.id)])
      return status === 202
    })
    const gone = await eventually('a withdrawn alert of the address', async () => {
      const found = (await alerts(service)).find(({ id }) => id === filled.id)
      return found?.outcome === 'withdrawn' && found
    })
    expect(gone.evidence.observed).toBe(4)
    expect(await proof(gone.id)).toMatchObject({ result: 'reproduced' })
    await eventually('the record', async () => {
      const record = (await (await service.request(`/v1/enterprises/${creditCode(15)}`)).json()) as { name?: string }
      return record.name === '公司甲'
    })
    // A registration that never was leaves nothing of itself in the record.
    const first = companies[0] as SentEvent
    await eventually('the withdrawal in the log', async () => {
      const event = { ...withdrawal('never-was', first.id), source: first.source }
      return (await post(service, [event])).status === 202
    })
    await eventually('a record without a name', async () => {
      const record = (await (await service.request(`/v1/enterprises/${creditCode(11)}`)).json()) as { name: unknown }
      return record.name === null
    })
  })

  it('a fold of the whole history comes to the same alerts, and so does a restart', async () => {
    await settled(service)
    const before = (await alerts(service)).map(({ id, status, outcome }) => ({ id, status, outcome }))
    const { code, text } = await run('rebuild')
    expect([code, text]).toEqual([0, expect.any(String)])
    await service.restart()
    await settled(service)
    expect((await alerts(service)).map(({ id, status, outcome }) => ({ id, status, outcome }))).toEqual(before)
  })
})
