import type { CanonicalEvent } from '../model/event.ts'
import type { Portion, Refused } from './preparer.ts'
import { refuse } from './refusal.ts'
import type { AppendOutcome } from './writer-port.ts'

/** The answer of CONTRACT 4; `index` counts the events of the request from 0. */
export interface IngestAnswer {
  readonly accepted: number
  /** Reused ids included. */
  readonly duplicates: number
  readonly rejected: readonly Omit<Refused, 'source'>[]
  readonly reused: readonly { readonly index: number; readonly id: string }[]
  /** Places of all duplicates, where the request asks for them. */
  readonly known?: readonly number[]
}

/** Joins what the writer says of the events let in with the refusals, in the order of the request. */
export class Tally {
  readonly #refused: Refused[] = []
  readonly #reused: Refused[] = []
  #covered = 0
  #accepted = 0
  readonly #known: number[] = []

  get covered(): number {
    return this.#covered
  }

  /** Adds the next portion, whose events have these outcomes. */
  add({ covered, events, refused }: Portion, outcomes: readonly AppendOutcome[]): void {
    if (outcomes.length !== events.length) throw new Error('the writer answered for other events than it was given')
    let passed = 0
    let next = 0
    for (let index = this.#covered; index < this.#covered + covered; index += 1) {
      const refusal = refused[next]
      if (refusal?.index === index) {
        next += 1
        this.#refused.push(refusal)
        continue
      }
      this.#take(index, outcomes[passed] as AppendOutcome, () => events.event(passed))
      passed += 1
    }
    this.#covered += covered
  }

  #take(index: number, outcome: AppendOutcome, event: () => CanonicalEvent): void {
    switch (outcome.kind) {
      case 'stored':
      case 'parked':
        this.#accepted += 1
        return
      case 'refused':
        this.#refused.push({ index, ...nameOf(event()), ...refuse(outcome.code) })
        return
      case 'reused':
        this.#reused.push({ index, ...nameOf(event()), ...refuse('event.id-reused') })
        this.#known.push(index)
        return
      case 'duplicate':
        this.#known.push(index)
    }
  }

  /** All that goes to quarantine, in the order of the request. */
  isolated(): Refused[] {
    return [...this.#refused, ...this.#reused].sort((a, b) => a.index - b.index)
  }

  answer(listsDuplicates: boolean): IngestAnswer {
    return {
      accepted: this.#accepted,
      duplicates: this.#known.length,
      rejected: this.#refused.map(({ index, id, code, message }) => ({ index, id, code, message })),
      reused: this.#reused.map(({ index, id }) => ({ index, id: id ?? '' })),
      ...(listsDuplicates && { known: this.#known }),
    }
  }
}

function nameOf({ source, id }: CanonicalEvent): { source: string; id: string } {
  return { source, id }
}
