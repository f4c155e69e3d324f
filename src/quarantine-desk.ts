import type { ConfigBucket } from './access/bucket-port.ts'
import type { Identity } from './access/identity.ts'
import { createMirror } from './access/mirror.ts'
import type { OpenedEvent, Quarantine, QuarantineQuery, Resubmission } from './api/port-quarantine.ts'
import type { Door } from './ingest/door.ts'
import type { Seal } from './ingest/seal.ts'
import type { AuditLog } from './log/audit-log.ts'
import type { Quarantined, QuarantineLog } from './log/quarantine-log.ts'
import type { AuditAction } from './model/audit.ts'
import { RevisionConflict, YujingError } from './model/errors.ts'
import { QuarantineDecision, type QuarantinedEvent } from './model/quarantine.ts'
import { redact } from './model/redact.ts'
import { formatTime } from './model/time.ts'
import type { Clock } from './telemetry/clock.ts'
import type { Logger } from './telemetry/logger.ts'

/** Where decisions lie in the configuration bucket, by the number of the entry. */
const PREFIX = 'refused.'

/**
 * The administrators' desk for refused events; the port of `api` says what is promised. The entries are never touched:
 * what was decided of one lies beside it, for as long as it can be there.
 */
export function createQuarantineDesk(parts: {
  readonly quarantine: Pick<QuarantineLog, 'get' | 'newest'>
  readonly audit: Pick<AuditLog, 'append'>
  readonly bucket: ConfigBucket
  readonly seal: Pick<Seal, 'open'>
  readonly door: Pick<Door, 'accept'>
  readonly clock: Clock
  readonly logger: Logger
}): Quarantine & { start(): Promise<void>; stop(): Promise<void> } {
  const { quarantine, audit, bucket, seal, door, clock, logger } = parts
  const decisions = createMirror({ bucket, prefix: PREFIX, schema: QuarantineDecision, logger })

  function shown({ seq, entry }: Quarantined): QuarantinedEvent {
    const decision = decisions.get(String(seq))?.value ?? null
    const { code, reason, source, id, receivedAt, sender = null, cutFromBytes = null } = entry
    const isEvent = !code.startsWith('body.') && code !== 'row.refused' && cutFromBytes === null
    return {
      seq,
      code,
      reason,
      source,
      id,
      receivedAt: formatTime(receivedAt),
      sender,
      cutFromBytes,
      state: decision?.state ?? 'waiting',
      decision,
      resubmittable: isEvent && decision === null,
    }
  }

  async function entryOf(seq: number): Promise<Quarantined> {
    const entry = await quarantine.get(seq)
    if (entry === null) throw new YujingError('not-found', `There is no entry ${seq} in quarantine (any more).`)
    return { seq, entry }
  }

  /** First the record, then the deed: what cannot be answered for is not done. */
  async function answeredFor(action: AuditAction, seq: number, reason: string, by: Identity): Promise<void> {
    await audit.append({ at: formatTime(clock.now()), by: by.id, action, object: String(seq), reason })
  }

  function assertWaiting(found: Quarantined): void {
    const { state } = shown(found)
    if (state !== 'waiting') throw decidedBefore(state)
  }

  /** Of two who decide at the same time the first counts. */
  async function decide(found: Quarantined, decision: QuarantineDecision): Promise<QuarantinedEvent> {
    const id = String(found.seq)
    try {
      decisions.apply(id, decision, await bucket.create(PREFIX + id, decision))
    } catch (error) {
      throw error instanceof RevisionConflict ? decidedBefore('decided') : error
    }
    await forgetExpired()
    return shown(found)
  }

  /** Decisions on entries that are gone for their age go too: the audit keeps what was done. */
  async function forgetExpired(): Promise<void> {
    const numbers = [...decisions.all()].map(([id]) => Number(id)).sort((a, b) => a - b)
    for (const seq of numbers.slice(0, 10)) {
      if ((await quarantine.get(seq)) !== null) return
      await bucket.delete(PREFIX + seq)
      decisions.apply(String(seq), null, (decisions.get(String(seq))?.revision ?? 0) + 1)
    }
  }

  const decision = (state: QuarantineDecision['state'], reason: string, by: Identity): QuarantineDecision => ({
    state,
    reason,
    by: by.id,
    at: formatTime(clock.now()),
  })

  return {
    start: () => decisions.start(),
    stop: () => decisions.stop(),

    async list({ codes, source, state, limit, cursor }: QuarantineQuery) {
      const below = cursor === undefined ? null : Number(cursor)
      if (below !== null && !Number.isSafeInteger(below)) throw new YujingError('request.invalid', 'cursor: not ours')
      const { found, next } = await quarantine.newest(below, limit, (one) => {
        const { entry } = one
        return (
          (codes === undefined || codes.includes(entry.code)) &&
          (source === undefined || (source === '' ? entry.source === '' : entry.source.startsWith(source))) &&
          (state === undefined || shown(one).state === state)
        )
      })
      return { items: found.map(shown), next: next === null ? null : String(next) }
    },

    async open(seq, words, by): Promise<OpenedEvent> {
      const found = await entryOf(seq)
      await answeredFor('quarantine.open', seq, redact(words), by)
      const { payload, encoding = 'utf-8' } = found.entry
      return { ...shown(found), payload: opened(payload), encoding }
    },

    async resubmit(seq, event, words, by): Promise<Resubmission> {
      const found = await entryOf(seq)
      assertWaiting(found)
      if (!shown(found).resubmittable) {
        throw new YujingError('action.not-allowed', 'This is no single event that could be sent again; discard it.')
      }
      const reason = redact(words)
      await answeredFor('quarantine.resubmit', seq, reason, by)
      const { sources, types, areas, rights } = by
      const answer = await door.accept({
        contentType: 'application/cloudevents+json',
        contentEncoding: undefined,
        headers: {},
        body: Buffer.from(JSON.stringify(event)),
        rights: { sources, types, areas, ...rights },
        sender: by.id,
        isolates: false,
      })
      if (answer.reused.length > 0) throw new YujingError('event.id-reused', undefined, answer)
      return { entry: await decide(found, decision('resubmitted', reason, by)), answer }
    },

    async discard(seq, words, by) {
      const found = await entryOf(seq)
      assertWaiting(found)
      const reason = redact(words)
      await answeredFor('quarantine.discard', seq, reason, by)
      return await decide(found, decision('discarded', reason, by))
    },
  }

  function opened(payload: string): string {
    try {
      return seal.open(payload)
    } catch {
      throw new YujingError('action.not-allowed', 'What was sent is sealed under another person key, or was changed.')
    }
  }
}

function decidedBefore(state: string): YujingError {
  return new YujingError('action.not-allowed', `Somebody has decided already: it is ${state}.`, { state })
}
