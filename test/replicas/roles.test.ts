import { afterEach, expect, test } from 'vitest'
import { compareReplicas } from '../chaos/replicas/settled.ts'
import { sendThrough } from '../chaos/replicas/traffic.ts'
import { type Replicas, readiness, startReplicas } from '../support/replicas.ts'
import { eventually, type Service } from '../support/service.ts'
import { alerts } from '../support/world.ts'

let replicas: Replicas | undefined

afterEach(async () => {
  await replicas?.stop()
  replicas = undefined
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

  const traffic = sendThrough([api], 'roles')
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
  expect(traffic.senders.flatMap(({ differences }) => differences)).toEqual([])
  const { differences } = await compareReplicas({ ...replicas, services: [all, api] }, made)
  expect(differences, differences.join('\n')).toEqual([])
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
