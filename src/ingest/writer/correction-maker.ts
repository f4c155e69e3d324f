import type { ParkedControl } from '../../model/control.ts'
import { ATTRIBUTABLE_TYPES, type Correction } from '../../model/correction.ts'
import { YujingError } from '../../model/errors.ts'
import type { CanonicalEvent, EventKey, LoggedEvent, RegisterFacts } from '../../model/event.ts'
import { type EventHashes, encodeRow } from '../../model/row.ts'
import type { AppendOutcome } from '../writer-port.ts'
import { Batch } from './batch.ts'
import type { EnterpriseRecord } from './enterprise-record.ts'
import { type EventIdentity, identityOfId } from './identity.ts'
import type { Findings } from './original-finder.ts'
import { foreseeFrom, movesBetween, type RegisterStep } from './register.ts'
import { isOfRegister, nextRecord } from './register-rules.ts'
import { touchedKeys } from './touched-keys.ts'
import type { WriterState } from './writer-state.ts'

type Row = LoggedEvent & EventHashes

/** Events of which some correct others, with what was found out about those. */
export interface CorrectionsCall {
  readonly kind: 'corrections'
  readonly events: readonly CanonicalEvent[]
  readonly identities: readonly EventIdentity[]
  readonly found: Findings
  /** So many corrections may wait for their originals. */
  readonly parkedMost: number
  /** The events were parked and are let go now. */
  readonly releases: boolean
  /** Who attributes the original to an enterprise; absent for what sources say. */
  readonly by?: string
  readonly outcomes: AppendOutcome[]
  resolve(outcomes: AppendOutcome[]): void
  reject(error: Error): void
}

/** What may be attributed: what people say of an enterprise. */
const ATTRIBUTABLE: readonly string[] = ATTRIBUTABLE_TYPES

/** The message ends before this event: it needs what the message holds, or has no room. */
const CUT = 'cut'

/**
 * Makes up one message of a call with corrections: rows until it is full or the next event needs what they hold, or the
 * parking of one event. The register is changed but not committed; nothing else is before `follow`.
 */
export class CorrectionMaker {
  readonly batch = new Batch()
  readonly outcomes: AppendOutcome[] = []
  /** The event to park: the last of the message, which then holds no rows. */
  parking: ParkedControl['data'] | null = null
  readonly #rows = new Map<string, Row>()
  readonly #added: EventIdentity[] = []
  readonly #subjects = new Set<string>()
  readonly #corrected = new Set<string>()
  readonly #state: WriterState
  readonly #epoch: string
  readonly #receivedAt: number
  readonly #call: CorrectionsCall

  constructor(state: WriterState, epoch: string, receivedAt: number, call: CorrectionsCall) {
    this.#state = state
    this.#epoch = epoch
    this.#receivedAt = receivedAt
    this.#call = call
  }

  /** @throws YujingError `store.unavailable` when an original is needed that nobody has at this moment */
  fill(): void {
    const { events, identities, outcomes } = this.#call
    for (let index = outcomes.length; index < events.length && this.parking === null; index += 1) {
      const outcome = this.#decide(events[index] as CanonicalEvent, identities[index] as EventIdentity)
      if (outcome === CUT) return
      this.outcomes.push(outcome)
    }
  }

  /** Takes the rows into the state once the log has them, as whoever reads them would. */
  follow(): void {
    const { ids, corrections } = this.#state
    for (const identity of this.#added) ids.add(identity, this.#receivedAt)
    for (const row of this.#rows.values()) if (row.retracts !== '') corrections.follow(row)
    this.#state.seq += 1
    this.#state.logTime = Math.max(this.#state.logTime, this.#receivedAt)
    ids.expireSome(this.#state.logTime)
  }

  #decide(event: CanonicalEvent, identity: EventIdentity): AppendOutcome | typeof CUT {
    const known = this.#known(identity)
    if (known !== null) return known
    if (event.retracts === '') return this.#place(event, identity, this.#state.register.foresee(event), {})
    const target = identityOfId(event.source, event.retracts)
    if (this.#rows.has(target.idHash)) return CUT
    if (!this.#isKnown(target)) return this.#park(event, identity)
    const { of, stands } = this.#standing(target.idHash)
    if (this.#rows.has(of) || this.#corrected.has(of)) return CUT
    const { by } = this.#call
    if (by !== undefined && (!stands || of !== target.idHash)) return refused('attribution.not-allowed')
    const kind = by !== undefined ? 'attributed' : event.type === 'event.retracted' ? 'withdrawn' : 'replaced'
    if (!stands) {
      const corrects: Correction = { kind, of, original: null }
      return this.#place(event, identity, this.#state.register.foresee(event), { corrects })
    }
    const original = this.#call.found.original(of)
    if (original === null) throw new YujingError('store.unavailable')
    if (original.type === 'event.retracted') return refused('retracts.final')
    if (by !== undefined && (original.subject !== '' || !ATTRIBUTABLE.includes(original.type)))
      return refused('attribution.not-allowed')
    return this.#correct(event, identity, original, { kind, of, ...(by === undefined ? {} : { by }) })
  }

  #correct(
    event: CanonicalEvent,
    identity: EventIdentity,
    original: Row,
    told: Pick<Correction, 'kind' | 'of' | 'by'>,
  ): AppendOutcome | typeof CUT {
    const { register } = this.#state
    const { corrects: _, ...facts } = original.register
    const { idHash: _id, contentHash: _content, ...stood } = original
    let corrects: Correction = { ...told, original: { ...stood, keys: [], register: facts } }
    let step = register.foresee(event)
    const before = original.subject === '' ? null : register.table.get(original.subject)
    if (isOfRegister(original, before)) {
      if (this.#subjects.has(original.subject)) return CUT
      const base = this.#recordWithout(original)
      corrects = { ...corrects, record: base, undone: movesBetween(before, base) }
      if (event.subject === original.subject) step = foreseeFrom(base, event)
    }
    return this.#place(event, identity, step, { corrects })
  }

  /** What the register would say had the event never come. */
  #recordWithout({ subject, idHash }: Row): EnterpriseRecord | null {
    let record: EnterpriseRecord | null = null
    for (const event of this.#call.found.registerEvents(subject)) {
      const isCorrected = this.#state.corrections.successor(event.idHash) !== undefined
      if (event.idHash !== idHash && !isCorrected) record = nextRecord(record, event)
    }
    return record
  }

  #place(
    event: CanonicalEvent,
    identity: EventIdentity,
    step: RegisterStep,
    more: Pick<RegisterFacts, 'corrects'>,
  ): AppendOutcome | typeof CUT {
    const { register, seq } = this.#state
    const { corrects } = more
    const position = { epoch: this.#epoch, seq: seq + 1, index: this.batch.count }
    const facts: RegisterFacts = { ...step.facts, ...more }
    const keys = [...touchedKeys(event, step.facts), ...keysOfCorrection(event, corrects)]
    const { idHash, contentHash } = identity
    const row: Row = { ...event, position, receivedAt: this.#receivedAt, register: facts, keys, idHash, contentHash }
    if (!this.batch.addRow(encodeRow(row, row))) return this.batch.count > 0 ? CUT : refused('event.too-large')
    if (corrects !== undefined) this.#corrected.add(corrects.of)
    const original = corrects?.original ?? null
    if (original !== null && corrects?.record !== undefined) {
      register.replace(original.subject, corrects.record)
      this.#subjects.add(original.subject)
    }
    register.keep(event, step)
    if (event.subject !== '') this.#subjects.add(event.subject)
    this.#rows.set(idHash, row)
    this.#added.push(identity)
    return { kind: 'stored', position }
  }

  #park(event: CanonicalEvent, { idHash, contentHash }: EventIdentity): AppendOutcome | typeof CUT {
    if (this.#call.by !== undefined) return refused('not-found')
    const { parked } = this.#state.corrections
    if (!parked.has(idHash) && parked.size >= this.#call.parkedMost) return refused('retracts.parking-full')
    if (this.batch.count > 0) return CUT
    this.parking = { event, idHash, contentHash }
    return { kind: 'parked' }
  }

  #known({ idHash, contentHash, words }: EventIdentity): AppendOutcome | null {
    const parked = this.#call.releases ? undefined : this.#state.corrections.parked.get(idHash)
    const inHand = this.#rows.get(idHash) ?? parked
    if (inHand !== undefined) return { kind: inHand.contentHash === contentHash ? 'duplicate' : 'reused' }
    const familiarity = this.#state.ids.familiarity({ words })
    if (familiarity === 'new') return null
    const content = familiarity === 'perhaps' ? this.#call.found.content(idHash) : null
    if (familiarity === 'perhaps' && content === null) return null
    return { kind: familiarity === 'same' || content === contentHash ? 'duplicate' : 'reused' }
  }

  #isKnown({ words, idHash }: ReturnType<typeof identityOfId>): boolean {
    const familiarity = this.#state.ids.familiarity({ words })
    return familiarity === 'perhaps' ? this.#call.found.content(idHash) !== null : familiarity !== 'new'
  }

  /** What stands for an id by now, or that nothing does any more. */
  #standing(idHash: string): { of: string; stands: boolean } {
    for (let of = idHash; ; ) {
      const known = this.#state.corrections.successor(of)
      const by = known === undefined ? this.#call.found.successor(of) : known
      if (by === undefined) return { of, stands: true }
      if (by === null) return { of, stands: false }
      of = by
    }
  }
}

function refused(code: Extract<AppendOutcome, { kind: 'refused' }>['code']): AppendOutcome {
  return { kind: 'refused', code }
}

/** By these history finds what became of an event, of an enterprise, of an address. */
function keysOfCorrection(event: CanonicalEvent, corrects: Correction | undefined): EventKey[] {
  if (corrects === undefined) return []
  const keys: EventKey[] = [['event', corrects.of]]
  const { original } = corrects
  if (original === null) return keys
  if (original.subject !== '' && original.subject !== event.subject) keys.push(['enterprise', original.subject])
  const { undone } = corrects
  return [...keys, ...touchedKeys(original, original.register), ...touchedKeys(event, undone ?? {})]
}
