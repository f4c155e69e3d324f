import { type Child, pidOf, signal } from '../world.ts'
import { type Fault, pauseUpTo } from './fault.ts'

/** kill -9 of a child, again and again, also while it is starting. */
export const childKilled = (child: Child): Fault => ({
  name: `${child} killed`,
  weight: 3,
  target: child,
  async run(world, random) {
    for (let times = random.between(1, 4); times > 0; times--) {
      signal(pidOf(world, child), 'SIGKILL')
      await pauseUpTo(random, 1_500)
    }
  },
})

/** kill -9 of the service at any moment, that of its start included; its children must end by themselves. */
export const serviceKilled: Fault = {
  name: 'service killed',
  weight: 3,
  target: 'service',
  async run({ service }, random) {
    await service.kill()
    while (random.chance(0.3)) {
      const starting = service.start().catch(() => {})
      await pauseUpTo(random, 1_500)
      await service.kill()
      await starting
    }
    await service.start()
  },
}

/** An ordinary stop and start. */
export const serviceRestarted: Fault = {
  name: 'service restarted',
  weight: 1,
  target: 'service',
  run: ({ service }) => service.restart(),
}
