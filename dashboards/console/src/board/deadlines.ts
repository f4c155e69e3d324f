import type { Alert } from '../../../../src/model/alert.ts'
import type { Step } from './forms.ts'

/** Steps that have a time limit, in the order of the work. */
export const TIMED_STEPS = ['acknowledge', 'verify', 'handle'] as const
export type TimedStep = (typeof TIMED_STEPS)[number]

/** A time limit of an alert, and when what it asks for was done (epoch ms). */
export interface Deadline {
  readonly step: TimedStep
  readonly due: number
  /** Null: not yet. */
  readonly doneAt: number | null
}

/** Actions by which each step is done; who ends an alert has done all of them. */
const DONE_BY: Readonly<Record<TimedStep, readonly string[]>> = {
  acknowledge: ['acknowledge', 'verify', 'measure', 'close', 'dismiss'],
  verify: ['verify', 'close', 'dismiss'],
  handle: ['close', 'dismiss'],
}

/** The time limits that an alert has. What was done before it was reopened is to be done again. */
export function deadlinesOf({ deadlines, history }: Pick<Alert, 'deadlines' | 'history'>): Deadline[] {
  const since = history.slice(history.findLastIndex(({ action }) => action === 'reopen') + 1)
  return TIMED_STEPS.flatMap((step) => {
    const due = deadlines[step]
    if (due === null) return []
    const done = since.find(({ action }) => DONE_BY[step].includes(action))
    return [{ step, due: Date.parse(due), doneAt: done === undefined ? null : Date.parse(done.at) }]
  })
}

const OF_ACTION: Readonly<Partial<Record<Step, TimedStep>>> = { verify: 'verify', measure: 'handle', close: 'handle' }

/** The time limit that a step meets; of one without a limit of its own the next that runs. Null: none runs. */
export function deadlineOf(alert: Pick<Alert, 'deadlines' | 'history'>, step: Step): Deadline | null {
  const running = deadlinesOf(alert).filter(({ doneAt }) => doneAt === null)
  return running.find((deadline) => deadline.step === OF_ACTION[step]) ?? running[0] ?? null
}
