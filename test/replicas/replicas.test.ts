import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, expect, test } from 'vitest'
import { type Random, streams } from '../../src/simulate/random.ts'
import { compareAlerts, compareLog, compareStore } from '../chaos/compare.ts'
import { readOffline } from '../chaos/offline.ts'
import { createSender } from '../chaos/sender.ts'
import { createSource } from '../chaos/traffic.ts'
import { type Replicas, readiness, startReplicas } from '../support/replicas.ts'
import { eventually, type Service } from '../support/service.ts'
import { alerts } from '../support/world.ts'

let replicas: Replicas | undefined

afterEach(async () => {
  await replicas?.stop()
  replicas = undefined
})

const randomOf = (label: string): Random => streams('replicas', label).at(0)

/** Live traffic through every door at once, each door's source insisting; ends with what was made, by source. */
function sendThrough(services: readonly Service[]) {
  const over = new AbortController()
  const senders = services.map(createSender)
  const sources = services.map((_, at) => createSource(`/replicas/${at}`, randomOf(`source ${at}`)))
  const running = senders.map((sender, at) =>
    sender.run(sources[at] as (typeof sources)[number], randomOf(`pace ${at}`), over.signal, {
      batch: 30,
      pauseMs: 60,
    }),
  )
  return {
    async end(): Promise<ReadonlyMap<string, number>> {
      over.abort()
      await Promise.all(running)
      expect(senders.flatMap(({ differences }) => differences)).toEqual([])
      return new Map(sources.map(({ name, made }) => [name, made]))
    },
  }
}

/** Everything stored and judged, and every book at the same place and at rest. */
async function settled({ services }: Replicas): Promise<void> {
  let last = ''
  let since = performance.now()
  await eventually(
    'replicas at rest',
    async () => {
      const seen = await Promise.all(
        services.map(async (service) => {
          const metrics = await (await service.request('/metrics')).text()
          const lags = [...metrics.matchAll(/^yujing_log_lag\{consumer="\w+"\} (\d+)/gm)].map(([, lag]) => Number(lag))
          const { cursor } = (await (await service.request('/v1/alerts?limit=1')).json()) as {
            cursor: { offset: number }
          }
          return { lags, offset: cursor.offset }
        }),
      )
      const offsets = seen.map(({ offset }) => offset)
      const now = offsets.join()
      const behind = seen.some(({ lags }) => lags.some((lag) => lag > 0)) || new Set(offsets).size > 1
      if (behind || now !== last) since = performance.now()
      last = now
      return performance.now() - since > 2_500
    },
    120_000,
  )
}

/** What is stored and shown, everywhere, is what the log says by itself. */
async function compare(all: Replicas, made: ReadonlyMap<string, number>) {
  await settled(all)
  const log = await all.openLog()
  const offline = await readOffline(log).finally(() => log.close())
  expect(compareLog(offline, made)).toEqual([])
  expect(await compareStore(offline, all.clickhouseUrl, new Map())).toEqual([])
  for (const service of all.services) {
    await eventually('evidence that is whole', async () =>
      (await alerts(service)).every(({ evidence }) => evidence.eventsPending === 0),
    )
    expect(compareAlerts(offline, await alerts(service))).toEqual([])
  }
  return offline
}

test('the lead and others are killed and frozen while events flow through all doors: nothing lost, nothing doubled, the same alerts', {
  timeout: 240_000,
}, async () => {
  replicas = await startReplicas([1, 2, 5].map((shards) => ({ YUJING_SHARDS: String(shards) })))
  const { services, lead, whole, freeze, thaw } = replicas
  const random = randomOf('faults')
  const calm = () => sleep(random.between(300, 1_500))
  await whole()
  const traffic = sendThrough(services)
  const other = async (than: Service) => random.pick(services.filter((service) => service !== than))

  await calm()
  const killed = await lead()
  await killed.kill()
  await whole()
  await calm()
  await killed.start()

  await calm()
  const frozen = await lead()
  freeze(frozen)
  await eventually('another lead', async () => (await lead()) !== frozen)
  await calm()
  thaw(frozen)
  await whole()
  // A superseded writer ends its work and not its process.
  expect(frozen.alive()).toBe(true)

  const follower = await other(await lead())
  await follower.kill()
  await calm()
  await follower.start()
  const pausing = await other(await lead())
  freeze(pausing)
  await calm()
  thaw(pausing)
  await whole()

  const made = await traffic.end()
  const offline = await compare(replicas, made)
  expect(offline.alerts.size).toBeGreaterThan(20)
  expect(offline.terms).toBeGreaterThanOrEqual(3)
})

test('roles: a door that hands over, detection and storing elsewhere, and everybody tells the same', {
  timeout: 180_000,
}, async () => {
  replicas = await startReplicas(['all', 'api', 'detect', 'store'].map((role) => ({ YUJING_ROLE: role })))
  const [all, api, detect, store] = replicas.services as [Service, Service, Service, Service]
  await replicas.whole()
  const says = await Promise.all([all, api, detect].map(readiness))
  expect(says.map((one) => [one?.role, one?.lead])).toEqual([
    ['all', true],
    ['api', false],
    ['detect', false],
  ])
  expect([says[1]?.groups, (says[0]?.groups ?? 0) + (says[2]?.groups ?? 0)]).toEqual([0, 16])
  expect((await detect.request('/v1/alerts')).status).toBe(404)

  const changed = await api.request('/v1/detectors/complaint-surge/params', {
    method: 'PUT',
    body: JSON.stringify({ complainants: 4 }),
    headers: { 'content-type': 'application/json' },
  })
  expect([changed.status, await changed.json()]).toMatchObject([200, { version: 1, parameters: { complainants: 4 } }])
  for (const service of [api, all])
    await eventually('the parameter to be seen', async () => {
      const { items } = (await (await service.request('/v1/detectors')).json()) as {
        items: { id: string; parameters: Record<string, { value: number }> }[]
      }
      return items.find(({ id }) => id === 'complaint-surge')?.parameters.complainants?.value === 4
    })

  const traffic = sendThrough([api])
  const found = await eventually('alerts', async () => {
    const shown = await alerts(api, '&detector=complaint-surge')
    return shown.length >= 8 ? shown : null
  })
  for (const { subject } of found) {
    const explained = await eventually('an explanation', async () => {
      const answer = await api.request(`/v1/detectors/complaint-surge/explain?key=${subject.key}`)
      return answer.status === 200 ? ((await answer.json()) as { key: string; state: string }) : null
    })
    expect(explained).toMatchObject({ key: subject.key, state: 'alert-open' })
  }
  await detect.kill()
  await store.kill()
  await eventually('the one that may do everything to do it', async () => {
    const now = await readiness(all)
    return now?.storing && now.groups === 16
  })
  await Promise.all([detect.start(), store.start()])
  const made = await traffic.end()
  const doors = { ...replicas, services: [all, api] }
  await compare(doors, made)
})

test('a start after kill -9 waits for nobody: the lease of the same directory is taken over at once', {
  timeout: 120_000,
}, async () => {
  replicas = await startReplicas([{}], 60_000)
  const [service] = replicas.services as [Service]
  await replicas.whole()
  await service.kill()
  await service.start()
  await eventually('the new process to do everything', async () => {
    const says = await readiness(service)
    return says?.lead && says.storing && says.groups === 16
  })
})
