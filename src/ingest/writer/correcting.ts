import { setTimeout as delay } from 'node:timers/promises'
import type { ErrorCode } from '../../model/errors.ts'
import type { CanonicalEvent } from '../../model/event.ts'
import type { Lane } from '../../model/lane.ts'
import { DAY_MS } from '../../model/time.ts'
import type { PreparedEvents } from '../prepared-events.ts'
import type { AppendOutcome } from '../writer-port.ts'
import type { AppendQueue } from './append-queue.ts'
import type { BatchGate } from './batch-gate.ts'
import type { Parked } from './corrections.ts'
import { type EventIdentity, identityOf, identityOfId, identityOfWords } from './identity.ts'
import type { InHand } from './in-hand.ts'
import { findOriginals } from './original-finder.ts'
import type { WriterHistory } from './ports.ts'
import type { WriterState } from './writer-state.ts'

/** How long a correction waits for its original, in log time. */
export const PARKED_MS = DAY_MS
/** Parked corrections let go at a time. */
const MOST_RELEASED = 500

export interface CorrectingOptions {
  readonly state: WriterState
  readonly queue: AppendQueue
  readonly gate: BatchGate
  readonly inHand: InHand
  readonly history: WriterHistory
  readonly parkedMost: number
  /** Puts an event that was accepted aside for good. Resolves once it is durable; may be asked again for the same. */
  readonly quarantine: (event: CanonicalEvent, code: ErrorCode) => Promise<void>
  /** What is let go has become of what was counted as parked. */
  readonly onOutcomes: (events: readonly CanonicalEvent[], outcomes: readonly AppendOutcome[]) => void
}

/** The way of events that correct others; everybody else's way knows nothing of it. */
export interface Correcting {
  /** As `Writer.append`, for a call in which some event retracts another. */
  append(events: PreparedEvents, lane: Lane): Promise<AppendOutcome[]>
  /** Says of which enterprise an event speaks: the same event once more, with that subject, in the place of the first. */
  attribute(original: CanonicalEvent, subject: string, by: string): Promise<AppendOutcome>
  /** Lets go what waits for an original that has come, and puts aside what has waited too long. */
  lookAtParked(): Promise<void>
}

/** One call after the other: what a correction rests on must not change between the looking up and the appending. */
export function createCorrecting(o: CorrectingOptions): Correcting {
  const { state, queue, gate, history, inHand } = o
  let last: Promise<unknown> = Promise.resolve()

  function inTurn<T>(run: () => Promise<T>): Promise<T> {
    const next = last.then(run)
    last = next.catch(() => {})
    return next
  }

  async function work(
    events: readonly CanonicalEvent[],
    identities: readonly EventIdentity[],
    more: { readonly releases?: boolean; readonly by?: string } = {},
  ): Promise<AppendOutcome[]> {
    const found = await findOriginals({ state, inHand, history, events, identities })
    const { parkedMost } = o
    return await queue.corrections({ events, identities, found, parkedMost, releases: false, ...more })
  }

  /** Of two in one call the correction comes after its original, whatever the order in which they were sent. */
  function ordered(events: readonly CanonicalEvent[]): number[] {
    const places = new Map(events.map(({ source, id }, index) => [`${source}\n${id}`, index]))
    const due = events.map(({ source, retracts }, index) =>
      retracts === '' ? index : Math.max(index, places.get(`${source}\n${retracts}`) ?? index),
    )
    const order = events.map((_, index) => index)
    return order.sort(
      (a, b) => (due[a] as number) - (due[b] as number) || Number(a !== due[a]) - Number(b !== due[b]) || a - b,
    )
  }

  async function end(parked: Parked, code: ErrorCode): Promise<void> {
    await o.quarantine(parked.event, code)
    await queue.control({ type: 'yujing.parking-ended', data: { idHash: parked.idHash, code } })
  }

  async function letGo(due: readonly Parked[]): Promise<void> {
    const events = due.map(({ event }) => event)
    const outcomes = await work(events, events.map(identityOf), { releases: true })
    o.onOutcomes(events, outcomes)
    for (const [index, outcome] of outcomes.entries())
      if (outcome.kind === 'refused') await end(due[index] as Parked, outcome.code)
  }

  return {
    append: (prepared, lane) =>
      inTurn(async () => {
        while (lane === 'batch' && gate.waitMs() > 0) await delay(gate.waitMs())
        const events = prepared.events()
        const order = ordered(events)
        const done = await work(
          order.map((index) => events[index] as CanonicalEvent),
          order.map((index) => identityOfWords(prepared.identity(index))),
        )
        if (lane === 'batch') gate.passed(events.length)
        const outcomes: AppendOutcome[] = []
        for (const [at, index] of order.entries()) outcomes[index] = done[at] as AppendOutcome
        return outcomes
      }),

    attribute: (original, subject, by) =>
      inTurn(async () => {
        const event = { ...original, id: `${original.id}@${subject}`, subject, retracts: original.id }
        const [outcome] = await work([event], [identityOf(event)], { by })
        return outcome as AppendOutcome
      }),

    lookAtParked: () =>
      inTurn(async () => {
        const { parked } = state.corrections
        const due: Parked[] = []
        for (const one of parked.values()) {
          const familiarity = state.ids.familiarity(identityOfId(one.event.source, one.event.retracts))
          const isHere = familiarity === 'same' || familiarity === 'other'
          if (isHere && due.length < MOST_RELEASED) due.push(one)
          else if (!isHere && state.logTime - one.at > PARKED_MS) await end(one, 'retracts.unknown')
        }
        if (due.length > 0) await letGo(due)
      }),
  }
}
