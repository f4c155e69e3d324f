import { organisationCheckFits } from '../../model/credit-code.ts'
import type { Admission } from '../admit.ts'
import { nameIn } from '../envelope.ts'
import type { Portion, Refused } from '../preparer.ts'
import { EventPress } from './event-press.ts'

/** Gathers what became of the events of a portion. */
export class PortionMaker {
  readonly #press = new EventPress()
  #refused: Refused[] = []
  #covered = 0
  #dropped = 0
  #doubtfulSubjects = 0
  #hasBackfill = false

  get covered(): number {
    return this.#covered
  }

  get hasBackfill(): boolean {
    return this.#hasBackfill
  }

  /** @param value of the event as it was read */
  add(index: number, value: unknown, admission: Admission): void {
    this.#covered += 1
    if ('refusal' in admission) {
      const named = { source: nameIn(value, 'source') ?? '', id: nameIn(value, 'id') }
      this.#refused.push({ index, ...named, ...admission.refusal })
      return
    }
    const { event, dropped } = admission
    this.#dropped += dropped
    if (event.subject !== '' && !organisationCheckFits(event.subject)) this.#doubtfulSubjects += 1
    if (event.backfill) this.#hasBackfill = true
    this.#press.add(event)
  }

  /** The portion; the next one begins. */
  take(): Portion {
    const portion = {
      covered: this.#covered,
      events: this.#press.take(),
      refused: this.#refused,
      dropped: this.#dropped,
      doubtfulSubjects: this.#doubtfulSubjects,
      hasBackfill: this.#hasBackfill,
    }
    this.#refused = []
    this.#covered = 0
    this.#dropped = 0
    this.#doubtfulSubjects = 0
    this.#hasBackfill = false
    return portion
  }
}
