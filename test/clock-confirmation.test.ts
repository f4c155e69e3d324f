import { expect, it } from 'vitest'
import { createClockConfirmation } from '../src/clock-confirmation.ts'
import { CLOCK_LIMITS, createGuardedClock } from '../src/telemetry/guarded-clock.ts'
import { silentLogger } from '../src/telemetry/logger.ts'
import { createSetting, NOW } from './ingest/setting.ts'

const HOUR = 3_600_000

/** A process with a clock of its own beside the lead, to which it hands its confirmation. */
function beside(lead: ReturnType<typeof createSetting>) {
  const wall = { offset: 0 }
  const clock = createGuardedClock(
    { wall: () => lead.clock.time + wall.offset, monotonic: () => lead.clock.time },
    CLOCK_LIMITS,
  )
  const confirmation = createClockConfirmation({
    clock,
    home: 'replica',
    elsewhere: () => {
      const doubt = lead.clock.guarded.doubt()
      return doubt === null ? [] : [{ home: 'lead', reason: doubt.reason }]
    },
    writer: { control: (control) => lead.writer.control(control), logTime: () => lead.writer.logTime() },
    logger: silentLogger(),
  })
  return { wall, clock, confirmation }
}

it('a confirmation covers the process that was asked, and names who still doubts', async () => {
  const lead = createSetting({ home: 'lead' })
  await lead.writer.start()
  await lead.writer.control({ type: 'yujing.detectors', data: { versions: { a: 1 } } })
  const replica = beside(lead)
  // Both machines were set back an hour; the lead has taken its own jump for right, and lies behind the log.
  lead.clock.jump(-HOUR)
  lead.clock.guarded.accept()
  replica.wall.offset = -HOUR
  expect(replica.confirmation.status()).toMatchObject({ home: 'replica', doubt: { reason: 'jumped-back' } })
  const confirmed = await replica.confirmation.confirm('admin')
  expect(confirmed).toMatchObject({ doubt: null, elsewhere: [{ home: 'lead', reason: 'behind-log' }] })
  expect(lead.clock.guarded.doubt()).toMatchObject({ reason: 'behind-log' })

  const atLead = createClockConfirmation({
    clock: lead.clock.guarded,
    home: 'lead',
    elsewhere: () => [],
    writer: { control: (control) => lead.writer.control(control), logTime: () => lead.writer.logTime() },
    logger: silentLogger(),
  })
  await atLead.confirm('admin')
  expect(lead.clock.guarded.doubt()).toBeNull()
  expect([replica.clock.doubt(), lead.writer.logTime()]).toEqual([null, NOW])
  await lead.writer.stop()
})
