import { cp, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Alert } from '../../src/model/alert.ts'
import { follow } from '../deliver/client.ts'
import { eventually, type Service, startService } from '../support/service.ts'
import { act, ago, alerts, complaint, creditCode, post, settled } from '../support/world.ts'

const MINUTE = 60_000

let service: Service
beforeAll(async () => {
  service = await startService()
})
afterAll(() => service.stop())

/** Kills the service and waits until its stores are closed too. */
async function dies(): Promise<void> {
  const children = JSON.parse(await readFile(join(service.dataDir, 'children.json'), 'utf8')) as { pid: number }[]
  await service.kill()
  await eventually('the end of the children', async () => children.every(({ pid }) => !isAlive(pid)))
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

async function says(note: string): Promise<Alert> {
  const [alert] = await alerts(service)
  const answer = await act(service, alert?.id ?? '', { action: 'comment', note })
  expect(answer.status).toBe(200)
  return (await answer.json()) as Alert
}

test('an older copy of the log put back: clients with a cursor of the lost future get reset, and never a silent gap', async () => {
  const gym = creditCode(8101)
  const complaints = Array.from({ length: 6 }, (_, n) =>
    complaint(gym, { time: ago((6 - n) * MINUTE), phone: `1390000000${n}` }),
  )
  await post(service, complaints)
  await settled(service)
  const nats = join(service.dataDir, 'nats')
  const copy = join(service.dataDir, 'copy')
  await dies()
  await cp(nats, copy, { recursive: true })
  await service.start()

  const client = await follow(service.url, { key: service.adminKey })
  const { epoch } = await client.subscribes()
  for (const note of ['one', 'two', 'three']) await says(note)
  await client.gets('alert', 3)
  const seen = { epoch, offset: client.of('alert').at(-1)?.offset as number }

  // A kill alone costs nobody their place.
  await dies()
  await service.start()
  const back = await follow(service.url, { key: service.adminKey })
  expect(await back.subscribes(seen)).toMatchObject(seen)
  await back.gets('pulse')
  expect(back.of('reset')).toEqual([])

  await dies()
  await rm(nats, { recursive: true })
  await cp(copy, nats, { recursive: true })
  await service.start()
  // The log grows beyond the cursor of then: by its offset alone it would look like one of now.
  let head = 0
  while (head <= seen.offset) head = (await says('another past')).revision
  const late = await follow(service.url, { key: service.adminKey })
  await late.subscribes(seen)
  expect(await late.gets('reset')).toEqual({ type: 'reset', reason: 'epoch' })
}, 180_000)
