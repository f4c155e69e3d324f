import type { CanonicalEvent, EnterpriseKeys, RegisterFacts } from '../../model/event.ts'
import { type EnterpriseRecord, keysOf, keysWithout } from './enterprise-record.ts'
import { industryOf, packCode, unpackRecord } from './record-packing.ts'
import { changesRecord, nextRecord, presence } from './register-rules.ts'
import { RegisterTable } from './register-table.ts'

/** Texts kept at most, some 300 bytes each. */
const MOST_TEXTS = 131_072

/** What an event does to the register, before it is done. */
export interface RegisterStep {
  readonly facts: RegisterFacts
  /** The record to keep, null when nothing changes. */
  readonly record: EnterpriseRecord | null
}

/** What is known of every enterprise: a fold over the log. */
export class Register {
  readonly table: RegisterTable
  /** What was told of enterprises as they are, by number of record: most events change nothing of it. */
  #texts = new Map<number, string>()

  constructor(table: RegisterTable = new RegisterTable()) {
    this.table = table
  }

  /** What the event would do and what is to be told with it; changes nothing. */
  foresee(event: CanonicalEvent): RegisterStep {
    if (event.subject === '') return { facts: {}, record: null }
    return foreseeFrom(this.table.get(event.subject), event)
  }

  /** Keeps what `foresee` said. */
  keep(event: CanonicalEvent, step: RegisterStep): void {
    if (step.record === null) return
    this.table.set(event.subject, step.record)
    this.#forgetText(event.subject)
  }

  /**
   * What is to be told with an event that changes nothing here, as JSON; null when it may change something: then
   * `foresee` says what.
   *
   * @param code packed; null without a subject
   * @param industry packed, as the event says it
   */
  told(code: Uint32Array | null, type: string, industry: number): string | null {
    if (code === null) return '{}'
    if (changesRecord(type)) return null
    const number = this.table.numberOf(code)
    if (number < 0) return '{}'
    const packed = this.table.recordAt(number)
    if (industry !== 0 && industry !== industryOf(packed)) return null
    return this.#texts.get(number) ?? this.#tell(number)
  }

  /** Makes the changes since the last commit lasting. */
  commit(): void {
    this.table.commit()
  }

  /** Takes the changes since the last commit back. */
  rollback(): void {
    this.table.rollback()
    this.#texts.clear()
  }

  #tell(number: number): string {
    const record = unpackRecord(this.table.recordAt(number), this.table.words)
    const text = JSON.stringify(factsOf(record, record))
    if (this.#texts.size >= MOST_TEXTS) this.#texts.clear()
    this.#texts.set(number, text)
    return text
  }

  /** Puts a record in the place of another; null: the enterprise is not known any more. */
  replace(code: string, record: EnterpriseRecord | null): void {
    if (record === null) this.table.remove(code)
    else this.table.set(code, record)
    this.#forgetText(code)
  }

  #forgetText(code: string): void {
    this.#texts.delete(this.table.numberOf(packCode(code)))
  }

  /** Follows an event that stands in the log; what it corrects is undone first. */
  apply(event: CanonicalEvent & { readonly register?: RegisterFacts }): void {
    const corrects = event.register?.corrects
    if (corrects?.original && corrects.record !== undefined) this.replace(corrects.original.subject, corrects.record)
    this.keep(event, this.foresee(event))
    this.table.commit()
  }
}

/** What an event would do to a record. */
export function foreseeFrom(before: EnterpriseRecord | null, event: CanonicalEvent): RegisterStep {
  const after = nextRecord(before, event)
  return { facts: factsOf(before, after), record: after === before ? null : after }
}

/** What is begun and ended when a record takes the place of another. */
export function movesBetween(
  before: EnterpriseRecord | null,
  after: EnterpriseRecord | null,
): Pick<RegisterFacts, 'joined' | 'left'> {
  const joined = keysWithout(presence(after), presence(before))
  const left = keysWithout(presence(before), presence(after))
  return { ...(isEmpty(joined) ? {} : { joined }), ...(isEmpty(left) ? {} : { left }) }
}

function factsOf(before: EnterpriseRecord | null, after: EnterpriseRecord | null): RegisterFacts {
  if (after === null) return {}
  const had = presence(before)
  const has = presence(after)
  const facts: { -readonly [K in keyof RegisterFacts]: RegisterFacts[K] } = {}
  const now = keysOf(has)
  if (!isEmpty(now)) facts.now = now
  facts.status = after.status
  // Most events change nothing of what is known.
  if (after !== before) {
    const joined = keysWithout(has, had)
    const left = keysWithout(had, has)
    if (!isEmpty(joined)) facts.joined = joined
    if (!isEmpty(left)) facts.left = left
  }
  if (after.kind !== '') facts.kind = after.kind
  if (after.industry !== '') facts.industry = after.industry
  return facts
}

function isEmpty(keys: EnterpriseKeys): boolean {
  for (const _ in keys) return false
  return true
}
