import { setTimeout as sleep } from 'node:timers/promises'
import type { Alert } from '../../../src/model/alert.ts'
import { eventually } from '../../support/service.ts'
import { complaint, creditCode } from '../../support/world.ts'
import { type Child, justNow, pidOf, readiness, signal, type World } from '../world.ts'
import type { Fault } from './fault.ts'

/** Kills whatever comes up until the returned function is called. */
function keepAway(world: World, child: Child): () => void {
  const timer = setInterval(() => signal(pidOf(world, child), 'SIGKILL'), 20)
  return () => clearInterval(timer)
}

let planted = 0

/** Complaints enough for an alert of their own; its enterprise is returned. */
async function plant(world: World): Promise<string> {
  planted += 1
  const source = `/chaos/planted-${planted}`
  const subject = creditCode(100_000 + planted)
  const events = Array.from({ length: 6 }, (_, at) => ({
    ...complaint(subject, { id: String(at + 1), time: justNow(world), phone: `1370000000${at}` }),
    source,
  }))
  world.made.set(source, events.length)
  await world.sender.send(events)
  return subject
}

/** History is away for long: events are taken, judged and told all the same, and who asks for history hears so. */
export const clickHouseAway: Fault = {
  name: 'clickhouse away',
  weight: 1,
  target: 'all',
  async run(world, _random, longMs) {
    const comeBack = keepAway(world, 'clickhouse')
    const until = performance.now() + longMs
    try {
      await eventually('readiness without the store', async () => (await readiness(world))?.degraded.includes('store'))
      for (let first = true; first || performance.now() < until; first = false) {
        const subject = await plant(world)
        await eventually('an alert without the store', async () => {
          const page = await world.service.request(`/v1/alerts?subject=${subject}`)
          return page.status === 200 && ((await page.json()) as { items: Alert[] }).items.length === 1
        })
        await expectNoHistory(world, subject)
        await sleep(Math.min(10_000, Math.max(0, until - performance.now())))
      }
      const now = await readiness(world)
      if (now?.status !== 200) world.differences.push(`not ready without the store: ${now?.reasons.join()}`)
    } finally {
      comeBack()
    }
  },
}

async function expectNoHistory({ service, differences }: World, subject: string): Promise<void> {
  const answer = await service.request(`/v1/enterprises/${subject}/timeline`)
  const body = await answer.text()
  if (answer.status !== 503 || !body.includes('store.unavailable') || !answer.headers.get('retry-after'))
    differences.push(`history without the store answers ${answer.status} ${body.slice(0, 200)}`)
}

/** The log is away: the door refuses with 503 and says when to come again, readiness says why. */
export const natsAway: Fault = {
  name: 'nats-server away',
  weight: 1,
  target: 'all',
  async run(world, _random, longMs) {
    const comeBack = keepAway(world, 'nats-server')
    try {
      await eventually('readiness without the log', async () => (await readiness(world))?.status === 503)
      const body = JSON.stringify(complaint(creditCode(1), { time: justNow(world), id: 'never', phone: '13700000000' }))
      const answer = await world.service.request('/v1/events', {
        body: body.replace('/test/12315', '/chaos/refused'),
        headers: { 'content-type': 'application/cloudevents+json' },
      })
      const text = await answer.text()
      const retryAfter = Number(answer.headers.get('retry-after'))
      if (answer.status !== 503 || !text.includes('log.unavailable') || !(retryAfter > 0))
        world.differences.push(`the door without the log answers ${answer.status} ${text.slice(0, 200)}`)
      await sleep(longMs)
    } finally {
      comeBack()
    }
  },
}
