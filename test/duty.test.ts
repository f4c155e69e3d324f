import { expect, it } from 'vitest'
import { createDuty } from '../src/duty.ts'
import type { Claim } from '../src/log/leases.ts'
import { YujingError } from '../src/model/errors.ts'
import { silentLogger } from '../src/telemetry/logger.ts'
import { eventually } from './support/service.ts'

/** Claims that anybody gets, held until `runOut` or their release. */
function claims() {
  let running: { isHeld: boolean } | null = null
  return {
    runOut() {
      if (running !== null) running.isHeld = false
    },
    async claim(name: string): Promise<Claim> {
      const mine = { isHeld: true }
      running = mine
      const lost = new AbortController()
      return {
        name,
        held: () => mine.isHeld,
        lost: lost.signal,
        async release() {
          mine.isHeld = false
          lost.abort()
        },
      }
    },
  }
}

const duty = (leases: ReturnType<typeof claims>, begin: () => Promise<string>) =>
  createDuty({ name: 'lead', leases, begin, onChange: () => {}, logger: silentLogger() })

it('that could not begin because its claim ran out meanwhile begins again', async () => {
  const leases = claims()
  let times = 0
  const lead = duty(leases, async () => {
    times += 1
    if (times > 1) return 'begun'
    // What a start does that stood still for longer than the lease, and then finds the log closed to it.
    leases.runOut()
    throw new YujingError('log.unavailable')
  })
  await lead.start()
  await eventually('the duty to begin', async () => lead.current() === 'begun')
  expect(times).toBe(2)
  await lead.stop()
})

it('that cannot begin while it holds its claim fails the start', async () => {
  const lead = duty(claims(), () => Promise.reject(new YujingError('log.unavailable')))
  await expect(lead.start()).rejects.toMatchObject({ code: 'log.unavailable' })
  await lead.stop()
})
