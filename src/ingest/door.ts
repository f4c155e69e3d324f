import { organisationCheckFits } from '../model/credit-code.ts'
import { ERRORS, YujingError } from '../model/errors.ts'
import type { CanonicalEvent } from '../model/event.ts'
import type { Lane } from '../model/lane.ts'
import type { QuarantineEntry } from '../model/quarantine.ts'
import type { GuardedClock } from '../telemetry/guarded-clock.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import { admit, type Gate } from './admit.ts'
import { createAttempts } from './attempts.ts'
import { contentMode, type IngestBody, type RawEvent, readBody } from './body.ts'
import { createBudget } from './budget.ts'
import { compileCatalogue } from './data-check.ts'
import { nameIn } from './envelope.ts'
import type { IngestLimits } from './limits.ts'
import { createPseudonyms } from './pseudonyms.ts'
import type { QuarantinePort } from './quarantine-port.ts'
import { type Refusal, refuse } from './refusal.ts'
import { asRefused, isBodyFault, type RefusedBody } from './refused-body.ts'
import type { IngestRights } from './rights.ts'
import { createSeal } from './seal.ts'
import { createTurns } from './turns.ts'
import { unpack, unpackedLength } from './unpack.ts'
import type { AppendOutcome, WriterPort } from './writer-port.ts'

export interface IngestRequest extends IngestBody {
  readonly rights: IngestRights
  /** Id of the key that sends. */
  readonly sender?: string
  /** The lane it asks for; a long body, and one with backfill in it, go into the batch lane all the same. */
  readonly lane?: Lane
  /** The answer says which events were duplicates. */
  readonly listsDuplicates?: boolean
  /** false: what is refused is only answered for, because it lies in quarantine already. */
  readonly isolates?: boolean
}

/** What of a request its events carry along. */
type Passing = Pick<IngestRequest, 'rights' | 'listsDuplicates' | 'isolates'>

/** The answer of CONTRACT 4; `index` counts the events of the request from 0. */
export interface IngestAnswer {
  readonly accepted: number
  /** Reused ids included. */
  readonly duplicates: number
  readonly rejected: readonly (Refusal & { readonly index: number; readonly id: string | null })[]
  readonly reused: readonly { readonly index: number; readonly id: string }[]
  /** Places of all duplicates, where the request asks for them. */
  readonly known?: readonly number[]
}

export interface Door {
  /**
   * Lets the events of a request in: validated, people replaced by pseudonyms, appended to the log.
   *
   * @throws YujingError `body.*` when the body cannot be read; the first rejection's code with the whole answer in
   * `details` when every event was rejected; a code of status 503 when not all is known to be in the log
   */
  accept(request: IngestRequest): Promise<IngestAnswer>
  /**
   * Keeps a body that was refused before it came here.
   *
   * @throws YujingError of status 503 when it cannot be kept; otherwise nothing
   */
  keep(refused: RefusedBody): Promise<void>
  /**
   * Several bodies of one sender, in their order, as if they were one, for whom nobody waits: all that is refused lies in
   * quarantine when this resolves.
   *
   * @throws YujingError of status 503 when not all is known to be in log or quarantine: all of it may come again
   */
  acceptAll(bodies: readonly IngestBody[], from: Omit<IngestRequest, keyof IngestBody>): Promise<void>
  /** Requests of the batch lane are cut off with `log.unavailable`: what they wait for may take longer than a stop. */
  stop(): void
}

export interface DoorOptions {
  readonly writer: WriterPort
  /** Secret of the pseudonyms, at least 16 bytes. */
  readonly personKey: Buffer
  readonly quarantine: QuarantinePort
  /** Judges the time of events; nothing is let in, nor refused, while it is in doubt. */
  readonly clock: GuardedClock
  readonly logger: Logger
  readonly metrics: Metrics
  readonly limits: IngestLimits
  /** Throws YujingError of status 503 while nothing may come in, whatever it is. */
  readonly assertOpen?: () => void
  /** Sources whose given person keys are as good as ID numbers; none unless said. */
  readonly strongSource?: (source: string) => boolean
}

/** One event of a request on its way through the door. */
type Passage = { readonly raw: RawEvent } & (
  | { readonly event: CanonicalEvent; readonly refusal: null }
  | { readonly event: null; readonly refusal: Refusal }
)

/** An event, or a body as a whole, that goes to quarantine. */
interface Refused {
  readonly raw: Pick<RawEvent, 'value' | 'text' | 'bytes'>
  readonly refusal: Refusal
  /** What the entry says besides. */
  readonly more?: Pick<QuarantineEntry, 'sender' | 'encoding'>
}

/** Events judged at a time, under 2 ms: a request of many thousands must not keep others waiting. */
const STRETCH = 25
/** Events handed to the writer at a time. */
const APPENDED = 250

export function createDoor(options: DoorOptions): Door {
  const { writer, quarantine, clock, metrics, limits } = options
  const logger = options.logger.child({ step: 'ingest' })
  const seal = createSeal(options.personKey)
  const gate: Gate = {
    checks: compileCatalogue(),
    pseudonyms: createPseudonyms({
      personKey: options.personKey,
      strongSource: options.strongSource ?? (() => false),
      cached: limits.cachedPseudonyms,
    }),
    limits,
  }

  function judge(raw: RawEvent, rights: IngestRights, now: number): Passage {
    const admission = admit(raw, rights, now, gate)
    if ('refusal' in admission) return { raw, event: null, refusal: admission.refusal }
    if (admission.dropped > 0) metrics.dropsTotal.inc({ step: 'ingest', reason: 'unknown-member' }, admission.dropped)
    return { raw, event: admission.event, refusal: null }
  }

  /** Codes that fail the inner check are in use, so they pass; whoever looks for typing errors finds them here. */
  function warnOfInnerCheck(events: readonly CanonicalEvent[]): void {
    if (!logger.isLevelEnabled('debug')) return
    const doubtful = events.filter(({ subject }) => subject !== '' && !organisationCheckFits(subject))
    if (doubtful.length > 0) logger.debug({ subjects: doubtful.length }, 'credit codes fail the check of GB 11714')
  }

  async function isolate({ raw, refusal: { code, message }, more }: Refused, name: string): Promise<void> {
    const text = raw.text()
    const kept = text.slice(0, limits.quarantinedCharacters)
    const entry = {
      code,
      reason: message,
      source: nameIn(raw.value, 'source') ?? '',
      id: nameIn(raw.value, 'id'),
      receivedAt: clock.now(),
      ...more,
      payload: seal.close(kept),
      ...(kept.length < text.length && { cutFromBytes: raw.bytes }),
    }
    await quarantine.put(entry, name)
  }

  /** So many at a time: a hundred thousand at once would outrun the quarantine's patience and the memory. */
  async function isolateAll(refused: readonly Refused[]): Promise<void> {
    if (refused.length === 0) return
    const attempt = attempts.begin(() => contentOf(refused))
    const rest = refused.entries()
    const lane = async (): Promise<void> => {
      for (const [index, one] of rest) await isolate(one, `${attempt.name}-${index}`)
    }
    try {
      await Promise.all(Array.from({ length: Math.min(limits.quarantineAhead, refused.length) }, lane))
    } catch (error) {
      attempt.failed()
      throw error
    }
  }

  const attempts = createAttempts(limits.unansweredRequests)
  const working = { live: createBudget(limits.workingBytes.live), batch: createBudget(limits.workingBytes.batch) }
  const turns = createTurns()
  let isStopping = false

  function assertOpen(): void {
    clock.assertBelieved()
    options.assertOpen?.()
  }

  async function keep(refused: RefusedBody): Promise<void> {
    assertOpen()
    if (refused.bytes > 0) await isolateAll([asRefused(refused, limits)])
  }

  async function accept(request: IngestRequest): Promise<IngestAnswer> {
    assertOpen()
    try {
      return await take(request)
    } catch (error) {
      const { body, sender, isolates = true } = request
      if (isolates && isBodyFault(error)) await keep({ body, bytes: body.length, sender, error })
      throw error
    }
  }

  async function take(request: IngestRequest): Promise<IngestAnswer> {
    const mode = contentMode(request)
    const length = unpackedLength(request.body, request.contentEncoding)
    const lane = request.lane === 'batch' || length > limits.liveBytes ? 'batch' : 'live'
    // What a packed body says of its length is not believed, but held to.
    const most = lane === 'live' ? limits.liveBytes : limits.unpackedBytes
    const packed = request.contentEncoding !== undefined
    const endLive = lane === 'live' ? turns.begin() : () => {}
    const share = await working[lane].take(packed ? most : request.body.length)
    try {
      const body = await unpack(request.body, request.contentEncoding, { ...limits, unpackedBytes: most })
      share.keep(body.length)
      // Decoding ten megabytes is a stretch of its own.
      if (lane === 'batch') await turns.next(lane)
      const raws = await readBody(body, mode, request.headers, limits, () => turns.next(lane))
      return await pass(raws, request, lane, endLive)
    } catch (error) {
      const isLonger = lane === 'live' && error instanceof YujingError && error.code === 'body.too-large'
      if (!isLonger) throw error
      share.giveBack()
      endLive()
      return await take({ ...request, lane: 'batch' })
    } finally {
      share.giveBack()
      endLive()
    }
  }

  async function acceptAll(
    bodies: readonly IngestBody[],
    { rights, sender, lane: asked = 'live' }: Omit<IngestRequest, keyof IngestBody>,
  ): Promise<void> {
    assertOpen()
    const length = bodies.reduce((sum, { body }) => sum + body.length, 0)
    const lane = length > limits.liveBytes ? 'batch' : asked
    const endLive = lane === 'live' ? turns.begin() : () => {}
    const share = await working[lane].take(length)
    try {
      const raws: RawEvent[] = []
      for (const message of bodies) raws.push(...(await readOrKeep(message, sender, lane)))
      if (raws.length > 0) await pass(raws, { rights }, lane, endLive)
    } catch (error) {
      const isAnswered = error instanceof YujingError && ERRORS[error.code].status < 500
      if (!isAnswered) throw error
    } finally {
      share.giveBack()
      endLive()
    }
  }

  async function readOrKeep(message: IngestBody, sender: string | undefined, lane: Lane): Promise<RawEvent[]> {
    const { body, headers } = message
    try {
      const mode = contentMode(message)
      const unpacked = await unpack(body, message.contentEncoding, { ...limits, unpackedBytes: limits.bodyBytes })
      return await readBody(unpacked, mode, headers, limits, () => turns.next(lane))
    } catch (error) {
      if (!isBodyFault(error)) throw error
      await keep({ body, bytes: body.length, sender, error })
      return []
    }
  }

  return {
    accept,
    keep,
    acceptAll,
    stop() {
      isStopping = true
    },
  }

  /** Judges in stretches and appends in portions. From the first backfill on a request belongs to the batch lane. */
  async function pass(
    raws: readonly RawEvent[],
    { rights, listsDuplicates = false, isolates = true }: Passing,
    asked: Lane,
    endLive: () => void,
  ): Promise<IngestAnswer> {
    const passages: Passage[] = []
    const outcomes: AppendOutcome[] = []
    let lane = asked
    let portion: CanonicalEvent[] = []
    for (let from = 0; from < raws.length; from += STRETCH) {
      if (from > 0 || lane === 'batch') await turns.next(lane)
      if (isStopping && lane === 'batch') throw new YujingError('log.unavailable')
      clock.assertBelieved()
      const stretch = raws.slice(from, from + STRETCH).map((raw) => judge(raw, rights, clock.now()))
      passages.push(...stretch)
      const events = stretch.flatMap(({ event }) => (event === null ? [] : [event]))
      warnOfInnerCheck(events)
      if (events.some(({ backfill }) => backfill)) {
        lane = 'batch'
        endLive()
      }
      portion.push(...events)
      if (portion.length < APPENDED && from + STRETCH < raws.length) continue
      if (portion.length > 0) outcomes.push(...(await writer.append(portion, lane)))
      portion = []
    }
    const { answer, outcomeOf } = answerFor(passages, outcomes, listsDuplicates)
    const isolated = passages.flatMap(({ raw, refusal }, index) => {
      if (refusal !== null) return [{ raw, refusal }]
      const outcome = outcomeOf.get(passages[index] as Passage)
      if (outcome?.kind === 'refused') return [{ raw, refusal: refuse(outcome.code) }]
      return outcome?.kind === 'reused' ? [{ raw, refusal: refuse('event.id-reused') }] : []
    })
    if (isolates) await isolateAll(isolated)
    for (const { code } of answer.rejected) {
      metrics.eventsRejectedTotal.inc({ code })
      metrics.dropsTotal.inc({ step: 'ingest', reason: 'rejected' })
    }
    if (isolates && isolated.length > 0)
      logger.info({ isolated: isolated.length, of: passages.length }, 'events refused')
    const first = answer.rejected[0]
    if (first !== undefined && answer.rejected.length === passages.length) {
      throw new YujingError(first.code, first.message, answer)
    }
    return answer
  }
}

/** What is refused, and why, as one text after the other. */
function* contentOf(refused: readonly Refused[]): Iterable<string> {
  for (const { raw, refusal } of refused) {
    yield refusal.code
    yield raw.text()
  }
}

/** Joins what the writer says of the admitted events with the refusals, in the order of the request. */
function answerFor(
  passages: readonly Passage[],
  outcomes: readonly AppendOutcome[],
  listsDuplicates: boolean,
): { answer: IngestAnswer; outcomeOf: ReadonlyMap<Passage, AppendOutcome> } {
  const outcomeOf = new Map<Passage, AppendOutcome>()
  const rejected: (Refusal & { index: number; id: string | null })[] = []
  const reused: { index: number; id: string }[] = []
  let accepted = 0
  const known: number[] = []
  let duplicates = 0
  let answered = 0
  for (const [index, passage] of passages.entries()) {
    if (passage.refusal !== null) {
      rejected.push({ index, id: nameIn(passage.raw.value, 'id'), ...passage.refusal })
      continue
    }
    const outcome = outcomes[answered++]
    if (outcome === undefined) throw new Error('the writer answered for fewer events than it was given')
    outcomeOf.set(passage, outcome)
    if (outcome.kind === 'refused') {
      rejected.push({ index, id: passage.event.id, ...refuse(outcome.code) })
      continue
    }
    if (outcome.kind === 'stored' || outcome.kind === 'parked') accepted += 1
    else {
      duplicates += 1
      known.push(index)
    }
    if (outcome.kind === 'reused') reused.push({ index, id: passage.event.id })
  }
  return { answer: { accepted, duplicates, rejected, reused, ...(listsDuplicates && { known }) }, outcomeOf }
}
