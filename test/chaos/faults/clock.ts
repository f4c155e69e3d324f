import { eventually } from '../../support/service.ts'
import { complaint, creditCode } from '../../support/world.ts'
import { justNow, readiness, type World } from '../world.ts'
import type { Fault } from './fault.ts'

const MINUTE_MS = 60_000
const DAY_MS = 24 * 60 * MINUTE_MS

/** Somebody sets the clock of the machine: nothing is taken until an administrator says that it is right. */
export const clockJumps: Fault = {
  name: 'clock jumps',
  weight: 1,
  target: 'all',
  async run(world, random) {
    const back = random.chance(0.3)
    world.clock.moveBy((back ? -1 : 1) * random.between(6 * MINUTE_MS, DAY_MS / 4))
    await eventually('a clock in doubt', async () => {
      const now = await readiness(world)
      return now?.status === 503 && now.reasons.some((reason) => reason.startsWith('clock'))
    })
    await expectRefusal(world)
    await confirm(world)
  },
}

async function expectRefusal(world: World): Promise<void> {
  const { service, differences } = world
  const event = complaint(creditCode(1), { time: justNow(world), id: 'never', phone: '13700000000' })
  const answer = await service.request('/v1/events', {
    body: JSON.stringify({ ...event, source: '/chaos/doubted' }),
    headers: { 'content-type': 'application/cloudevents+json' },
  })
  const text = await answer.text()
  if (answer.status !== 503 || !text.includes('clock.doubtful') || !(Number(answer.headers.get('retry-after')) > 0))
    differences.push(`the door with a doubted clock answers ${answer.status} ${text.slice(0, 200)}`)
}

async function confirm(world: World): Promise<void> {
  await eventually('a clock that is believed', async () => {
    const answer = await world.service.request('/v1/clock/confirm', { method: 'POST' })
    await answer.text()
    return answer.ok || (await readiness(world))?.status === 200
  })
}

/** The service stands still for three days of log time: at the start it takes the gap as it is. */
export const threeDaysDown: Fault = {
  name: 'three days down',
  weight: 0.5,
  target: 'all',
  async run({ service, clock }) {
    await service.halt()
    clock.moveBy(3 * DAY_MS)
    await service.start()
  },
}
