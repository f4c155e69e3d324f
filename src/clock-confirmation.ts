import type { Control } from './model/control.ts'
import { YujingError } from './model/errors.ts'
import type { Position } from './model/position.ts'
import { formatTime } from './model/time.ts'
import type { ClockDoubt, GuardedClock } from './telemetry/guarded-clock.ts'
import type { Logger } from './telemetry/logger.ts'

/** The writer, as far as a confirmation needs it. */
interface ConfirmationWriter {
  control(control: Control): Promise<Position>
  logTime(): number
}

/** What confirming would mean, for whoever is about to do it. */
const MEANING: Readonly<Record<ClockDoubt['reason'], string>> = {
  'jumped-forward':
    'The clock went ahead, or the machine slept. Right now? Confirm: log time goes on from it. Wrong? Set it right: it is believed again by itself.',
  'jumped-back':
    'The clock was set back. Right now? Confirm: events are stamped with the time the log has reached until the clock has caught up. Wrong? Set it right: it is believed again by itself.',
  'behind-log':
    'The log has come further than the clock. Right now? Confirm: events are stamped with the time the log has reached until the clock has caught up. Wrong? Set it right: it is believed again by itself.',
}

/**
 * The clock of this process as an administrator sees and confirms it; a confirmation stands in the log before it holds. Each
 * process answers for its own clock: a confirmation names the process and covers nobody else, who may still be wrong. What
 * is in doubt elsewhere is told, so that it is looked at there.
 */
export function createClockConfirmation(o: {
  readonly clock: GuardedClock
  /** Of this process. */
  readonly home: string
  readonly elsewhere: () => readonly { readonly home: string; readonly reason: ClockDoubt['reason'] }[]
  readonly writer: ConfirmationWriter
  readonly logger: Logger
}) {
  const { clock, home, writer } = o

  function status() {
    const doubt = clock.doubt()
    const logTime = writer.logTime()
    return {
      home,
      wall: formatTime(clock.now()),
      logTime: logTime === 0 ? null : formatTime(logTime),
      offsetSeconds: clock.offsetMs() / 1_000,
      doubt: doubt && { reason: doubt.reason, bySeconds: doubt.byMs / 1_000, meaning: MEANING[doubt.reason] },
      elsewhere: o.elsewhere(),
    }
  }

  return {
    status,
    async confirm(by: string) {
      const doubt = clock.doubt()
      if (doubt === null) throw new YujingError('action.not-allowed', 'The clock is not in doubt.')
      const data = { by, wall: clock.now(), reason: doubt.reason, of: home }
      const position = await writer.control({ type: 'yujing.clock', data })
      clock.accept()
      o.logger.warn({ ...data, byMs: doubt.byMs, position }, 'an administrator confirmed the clock')
      return { ...status(), position }
    },
  }
}
