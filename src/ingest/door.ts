import { ERRORS, YujingError } from '../model/errors.ts'
import type { Lane } from '../model/lane.ts'
import type { GuardedClock } from '../telemetry/guarded-clock.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import { contentMode, type IngestBody, type SentPart, splitAll, splitBody } from './body.ts'
import { createBudget } from './budget.ts'
import { createIsolation } from './isolation.ts'
import type { IngestLimits } from './limits.ts'
import type { Preparer, RegisteredSource, SentBody } from './preparer.ts'
import type { QuarantinePort } from './quarantine-port.ts'
import { asRefused, isBodyFault, type RefusedBody } from './refused-body.ts'
import type { IngestRights } from './rights.ts'
import { type IngestAnswer, Tally } from './tally.ts'
import { createTurns } from './turns.ts'
import { unpack, unpackedLength } from './unpack.ts'
import type { WriterPort } from './writer-port.ts'

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
   * Several bodies of one sender, in their order, for whom nobody waits: all that is refused lies in quarantine when this
   * resolves.
   *
   * @throws YujingError of status 503 when not all is known to be in log or quarantine: all of it may come again
   */
  acceptAll(bodies: readonly IngestBody[], from: Omit<IngestRequest, keyof IngestBody>): Promise<void>
  /** Requests of the batch lane are cut off with `log.unavailable`: what they wait for may take longer than a stop. */
  stop(): void
}

export interface DoorOptions {
  readonly preparer: Preparer
  readonly writer: WriterPort
  /** Secret of the seal on what goes to quarantine, at least 16 bytes. */
  readonly personKey: Buffer
  readonly quarantine: QuarantinePort
  /** Judges the time of events; nothing is let in, nor refused, while it is in doubt. */
  readonly clock: GuardedClock
  readonly logger: Logger
  readonly metrics: Metrics
  readonly limits: IngestLimits
  /** Throws YujingError of status 503 while nothing may come in, whatever it is. */
  readonly assertOpen?: () => void
  /** Sources whose given person keys are judged by what was registered; none unless said. */
  readonly registered?: () => readonly RegisteredSource[]
}

/**
 * The way in: what a request holds is prepared (`preparer.ts`), appended, and what was refused put into quarantine.
 *
 *     body ── unpack ── prepare ──> portion ── append ──> portion ── append ──> ... ── isolate ── answer
 */
export function createDoor(options: DoorOptions): Door {
  const { writer, preparer, clock, metrics, limits } = options
  const logger = options.logger.child({ step: 'ingest' })
  const isolate = createIsolation(options)
  const working = { live: createBudget(limits.workingBytes.live), batch: createBudget(limits.workingBytes.batch) }
  const turns = createTurns()
  let isStopping = false

  function assertOpen(): void {
    clock.assertBelieved()
    options.assertOpen?.()
  }

  async function keep(refused: RefusedBody): Promise<void> {
    assertOpen()
    if (refused.bytes > 0) await isolate([asRefused(refused, limits)])
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
    const share = await working[lane].take(packed ? most : request.body.length)
    try {
      const body = await unpack(request.body, request.contentEncoding, { ...limits, unpackedBytes: most })
      share.keep(body.length)
      const { headers, rights } = request
      const registered = options.registered?.() ?? []
      return await pass({ parts: [{ body, mode, headers }], rights, lane, registered }, request)
    } catch (error) {
      const isLonger = lane === 'live' && error instanceof YujingError && error.code === 'body.too-large'
      if (!isLonger) throw error
      share.giveBack()
      return await take({ ...request, lane: 'batch' })
    } finally {
      share.giveBack()
    }
  }

  /** What is held unpacked at a time is one body, or as many as a live request may be long: packed ones say nothing of it. */
  async function acceptAll(
    bodies: readonly IngestBody[],
    { rights, sender, lane: asked = 'live' }: Omit<IngestRequest, keyof IngestBody>,
  ): Promise<void> {
    assertOpen()
    let parts: SentPart[] = []
    let length = 0
    async function passOn(): Promise<void> {
      if (parts.length === 0) return
      const lane = length > limits.liveBytes ? 'batch' : asked
      const share = await working[lane].take(length)
      try {
        await pass({ parts, rights, lane, registered: options.registered?.() ?? [] })
      } catch (error) {
        const isAnswered = error instanceof YujingError && ERRORS[error.code].status < 500
        if (!isAnswered) throw error
      } finally {
        share.giveBack()
      }
      parts = []
      length = 0
    }
    for (const message of bodies) {
      const part = await readOrKeep(message, sender, asked)
      if (part === null) continue
      if (length + part.body.length > limits.liveBytes) await passOn()
      parts.push(part)
      length += part.body.length
    }
    await passOn()
  }

  /** Looked through before it goes with the others, which must not fail for its sake; null when nothing is left of it. */
  async function readOrKeep(message: IngestBody, sender: string | undefined, lane: Lane): Promise<SentPart | null> {
    const { body, headers } = message
    try {
      const mode = contentMode(message)
      const unpacked = await unpack(body, message.contentEncoding, { ...limits, unpackedBytes: limits.bodyBytes })
      const part = { body: unpacked, mode, headers }
      const { length } = await splitBody(part, limits, () => turns.next(lane))
      return length > 0 ? part : null
    } catch (error) {
      if (!isBodyFault(error)) throw error
      await keep({ body, bytes: body.length, sender, error })
      return null
    }
  }

  /** From the first backfill on a request belongs to the batch lane. */
  async function pass(
    sent: SentBody,
    { listsDuplicates = false, isolates = true }: Pick<IngestRequest, 'listsDuplicates' | 'isolates'> = {},
  ): Promise<IngestAnswer> {
    const tally = new Tally()
    let { lane } = sent
    const now = (): number => {
      clock.assertBelieved()
      return clock.now()
    }
    for await (const portion of preparer.prepare(sent, now)) {
      clock.assertBelieved()
      if (portion.hasBackfill) lane = 'batch'
      if (isStopping && lane === 'batch') throw new YujingError('log.unavailable')
      if (portion.dropped > 0) metrics.dropsTotal.inc({ step: 'ingest', reason: 'unknown-member' }, portion.dropped)
      if (portion.doubtfulSubjects > 0)
        logger.debug({ subjects: portion.doubtfulSubjects }, 'credit codes fail the check of GB 11714')
      tally.add(portion, portion.events.length > 0 ? await writer.append(portion.events, lane) : [])
    }
    if (isolates) await isolateAll(tally, sent)
    return answered(tally, listsDuplicates)
  }

  /** What goes to quarantine is sought in the body again: most requests have nothing to be kept for it. */
  async function isolateAll(tally: Tally, { parts, lane }: SentBody): Promise<void> {
    const refused = tally.isolated()
    if (refused.length === 0) return
    const sent = await splitAll(parts, limits, () => turns.next(lane))
    await isolate(refused.map((one) => ({ ...one, text: () => sent.text(one.index) })))
    logger.info({ isolated: refused.length, of: tally.covered }, 'events refused')
  }

  function answered(tally: Tally, listsDuplicates: boolean): IngestAnswer {
    const answer = tally.answer(listsDuplicates)
    for (const { code } of answer.rejected) {
      metrics.eventsRejectedTotal.inc({ code })
      metrics.dropsTotal.inc({ step: 'ingest', reason: 'rejected' })
    }
    const first = answer.rejected[0]
    if (first !== undefined && answer.rejected.length === tally.covered) {
      throw new YujingError(first.code, first.message, answer)
    }
    return answer
  }

  return {
    accept,
    keep,
    acceptAll,
    stop() {
      isStopping = true
    },
  }
}
