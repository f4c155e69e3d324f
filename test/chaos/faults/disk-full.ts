import { eventually } from '../../support/service.ts'
import { complaint, creditCode } from '../../support/world.ts'
import { justNow, readiness, type World } from '../world.ts'
import { type Fault, pauseUpTo } from './fault.ts'

const MIB = 1024 ** 2

/** The disk fills up, now and then to the last byte, and is freed: what was taken stays, and the service comes back. */
export const diskFull: Fault = {
  name: 'disk full',
  weight: 1,
  target: 'all',
  async run(world, random, longMs) {
    const { disk } = world
    if (disk === null) throw new Error('there is no disk that could be filled')
    try {
      await disk.fill(random.chance(0.5) ? 0 : random.between(8, 32) * MIB)
      await eventually('a door closed for want of room', async () => {
        const now = await readiness(world)
        return now?.status === 503 && now.reasons.includes('disk full')
      })
      await expectRefusal(world)
      await pauseUpTo(random, Math.min(longMs, 20_000))
    } finally {
      await disk.free()
    }
  },
}

async function expectRefusal(world: World): Promise<void> {
  const { service, differences } = world
  const event = complaint(creditCode(1), { time: justNow(world), id: 'never', phone: '13700000000' })
  const answer = await service.request('/v1/events', {
    body: JSON.stringify({ ...event, source: '/chaos/no-room' }),
    headers: { 'content-type': 'application/cloudevents+json' },
  })
  const text = await answer.text()
  if (answer.status !== 503 || !text.includes('disk.full') || !(Number(answer.headers.get('retry-after')) > 0))
    differences.push(`the door without room answers ${answer.status} ${text.slice(0, 200)}`)
}
