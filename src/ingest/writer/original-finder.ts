import { YujingError } from '../../model/errors.ts'
import type { CanonicalEvent, LoggedEvent } from '../../model/event.ts'
import type { EventHashes } from '../../model/row.ts'
import { type EventIdentity, identityOfId } from './identity.ts'
import type { InHand } from './in-hand.ts'
import type { RegisterHistory, WriterHistory } from './ports.ts'
import { isOfRegister } from './register-rules.ts'
import type { WriterState } from './writer-state.ts'

type Row = LoggedEvent & EventHashes

/** What was found out of the events that a call corrects, together with what is in hand at the moment of asking. */
export interface Findings {
  /** Content hash of an id that may be old, null when it never came. */
  content(idHash: string): string | null
  /** What stands instead of an event, as history has it; undefined when it stands itself. */
  successor(idHash: string): string | null | undefined
  original(idHash: string): Row | null
  /**
   * What the register follows of an enterprise, in log order.
   *
   * @throws YujingError `store.unavailable` when it was not asked for, or there is a gap before what is in hand
   */
  registerEvents(subject: string): Row[]
}

/**
 * Looks up what a call needs of the events it corrects: what is in hand, the rest from history with one question of each
 * kind for the whole call.
 *
 * @throws YujingError `store.unavailable` when history is needed and away
 */
export async function findOriginals(o: {
  readonly state: WriterState
  readonly inHand: InHand
  readonly history: WriterHistory
  readonly events: readonly CanonicalEvent[]
  readonly identities: readonly EventIdentity[]
}): Promise<Findings> {
  const { state, inHand, history, events, identities } = o
  const targets = events.flatMap(({ source, retracts }) => (retracts === '' ? [] : identityOfId(source, retracts)))
  const doubtful = [...identities, ...targets].filter(({ words }) => state.ids.familiarity({ words }) === 'perhaps')
  const contents = await asked(doubtful, (hashes) => history.lookup(hashes))
  const isKnown = ({ words, idHash }: (typeof targets)[number]) => {
    const familiarity = state.ids.familiarity({ words })
    return familiarity === 'perhaps' ? contents.has(idHash) : familiarity !== 'new'
  }
  const known = targets.filter(isKnown).map(({ idHash }) => idHash)
  const successors = new Map<string, string | null>()
  const originals = new Map<string, Row>()
  for (let hashes = [...new Set(known)]; hashes.length > 0; ) {
    const standing = hashes.map((hash) => inMemory(state, hash))
    const ends = [...new Set(standing.flatMap((hash) => hash ?? []))]
    // What is in hand was not corrected before what is in memory.
    const far = ends.filter((hash) => {
      const row = inHand.find(hash)
      if (row !== null) originals.set(hash, row)
      return row === null
    })
    if (far.length === 0) break
    for (const [of, by] of await history.successors(far)) successors.set(of, by)
    const standingFar = far.filter((hash) => !successors.has(hash))
    for (const [hash, row] of standingFar.length === 0 ? [] : await history.originals(standingFar))
      originals.set(hash, row)
    hashes = far.flatMap((hash) => successors.get(hash) ?? [])
  }
  const corrected = new Set(targets.map(({ idHash }) => idHash))
  const own = events.filter((_, index) => corrected.has((identities[index] as EventIdentity).idHash))
  const registers = await registersOf(history, [
    ...[...originals.values()].filter((row) => isOfRegister(row, state.register.table.get(row.subject))),
    // What the call itself brings and corrects: what the register will say by then is not known yet.
    ...own.filter((event) => isOfRegister(event, null) || event.industry !== ''),
  ])

  return {
    content: (idHash) => contents.get(idHash) ?? null,
    successor: (idHash) => successors.get(idHash),
    original: (idHash) => originals.get(idHash) ?? inHand.find(idHash),
    registerEvents(subject) {
      const stored = registers?.events.get(subject)
      if (registers === null || stored === undefined || registers.upTo + 1 < inHand.since)
        throw new YujingError('store.unavailable')
      return [...stored, ...inHand.ofSubject(subject, registers.upTo + 1)]
    },
  }
}

/** Follows the corrections in memory to what stands; null when nothing does. */
function inMemory(state: WriterState, idHash: string): string | null {
  for (let of = idHash; ; ) {
    const by = state.corrections.successor(of)
    if (by === undefined) return of
    if (by === null) return null
    of = by
  }
}

async function registersOf(
  history: WriterHistory,
  originals: readonly CanonicalEvent[],
): Promise<RegisterHistory | null> {
  const unique = [...new Set(originals.map(({ subject }) => subject).filter((subject) => subject !== ''))]
  if (unique.length === 0) return null
  const { upTo, events } = await history.registerHistory(unique)
  return { upTo, events: new Map(unique.map((subject) => [subject, events.get(subject) ?? []])) }
}

async function asked(
  identities: readonly { readonly idHash: string }[],
  ask: (idHashes: readonly string[]) => Promise<ReadonlyMap<string, string>>,
): Promise<ReadonlyMap<string, string>> {
  return identities.length === 0 ? new Map() : await ask([...new Set(identities.map(({ idHash }) => idHash))])
}
