import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { SourceView } from '../../src/model/source.ts'
import { eventually, type Service, startService } from '../support/service.ts'
import { ago, complaint, creditCode, post } from '../support/world.ts'

let service: Service
beforeAll(async () => {
  service = await startService()
}, 120_000)
afterAll(() => service.stop())

const REGISTRATION = {
  name: '/test/12315',
  owner: '12315 中心',
  contact: '0351-0000000',
  transport: 'http',
  cadence: { kind: 'live' },
  expected: { workingDay: 1_000, otherDay: 100 },
  detectors: ['complaint-surge'],
  strong: true,
  areas: ['140100'],
}

const json = { 'content-type': 'application/json' }

async function sources(): Promise<SourceView[]> {
  const answer = await service.request('/v1/sources')
  return ((await answer.json()) as { items: SourceView[] }).items
}

async function shown(what: string, fits: (view: SourceView) => boolean): Promise<SourceView> {
  return await eventually(what, async () => (await sources()).find((view) => view.name === '/test/12315' && fits(view)))
}

test('a source that sends is listed, registered, counted and marked complete', { timeout: 240_000 }, async () => {
  const event = complaint(creditCode(1), { time: ago(60_000) })
  expect((await post(service, [event])).status).toBe(202)
  const unknown = await shown('a source nobody registered', ({ received }) => received.today === 1)
  expect(unknown).toMatchObject({ registered: false, registration: null, silence: { verdict: 'unknown' } })

  const put = await service.request('/v1/sources', { method: 'PUT', headers: json, body: JSON.stringify(REGISTRATION) })
  expect(put.status).toBe(200)
  expect(await put.json()).toMatchObject({
    registered: true,
    registration: { ...REGISTRATION, createdBy: 'bootstrap' },
  })
  await post(service, [event, { ...event, id: randomUUID(), region: '999999' }])
  const counted = await shown(
    'a repetition and a refusal',
    ({ received }) => received.duplicatesToday === 1 && received.refusedToday === 1,
  )
  expect(counted).toMatchObject({
    registered: true,
    received: { today: 1, week: 1, duplicatesWeek: 1, refusedWeek: 1 },
    expected: { basis: 'declared' },
  })
  expect(Date.parse(counted.received.lastEventTime ?? '')).toBe(Date.parse(event.time))

  const through = '2026-11-01T00:00:00+08:00'
  const path = `/v1/sources/${encodeURIComponent('/test/12315')}/complete`
  const marked = await service.request(path, { headers: json, body: JSON.stringify({ through }) })
  expect(marked.status).toBe(200)
  expect(await marked.json()).toMatchObject({ complete: { through, markedBy: 'bootstrap' } })

  const overview = (await (await service.request('/v1/overview')).json()) as object
  expect(overview).toMatchObject({ sources: { registered: 1, silent: 0 } })
  await eventually('the metric of silence', async () =>
    (await (await service.request('/metrics')).text()).includes('yujing_source_silence_seconds{source="/test/12315"}'),
  )

  await service.restart()
  const [after] = await sources()
  expect(after).toMatchObject({ registered: true, received: { today: 1, duplicatesToday: 1 }, complete: { through } })
})

test('keys given by a registered source are strong, and join enterprises', { timeout: 120_000 }, async () => {
  await service.request('/v1/sources', { method: 'PUT', headers: json, body: JSON.stringify(REGISTRATION) })
  const event = complaint(creditCode(2), { time: ago(60_000) })
  const given = (source: string) => ({
    ...event,
    id: randomUUID(),
    source,
    data: { ...event.data, complainant: { name: '张三丰', key: 'person-1' } },
  })
  await post(service, [given('/test/12315/taiyuan'), given('/test/other')])
  const strengths = await eventually('both events in history', async () => {
    const answer = await service.request(`/v1/enterprises/${creditCode(2)}/timeline`)
    if (answer.status !== 200) return null
    const { items } = (await answer.json()) as {
      items: { source: string; data: { complainant: { strength: string } } }[]
    }
    return items.length === 2 && new Map(items.map(({ source, data }) => [source, data.complainant.strength]))
  })
  expect(strengths.get('/test/12315/taiyuan')).toBe('strong')
  expect(strengths.get('/test/other')).toBe('medium')
})
