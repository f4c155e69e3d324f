import { createHmac } from 'node:crypto'
import type { Made } from '../mapping/compile.ts'
import type { Difference } from './compare.ts'
import type { FullTable, SnapshotRule } from './full-table.ts'
import type { Standing } from './rows.ts'

/** What the events of a snapshot are made with. */
export interface EventGround {
  readonly table: Pick<FullTable, 'rules' | 'withdrawsVanished'>
  /** Name under which the snapshots are kept, and the number of this one. */
  readonly source: string
  readonly number: number
  /** RFC 3339. */
  readonly taken: string
  readonly backfill: boolean
  readonly idKey: Buffer
}

/** An event that a difference came to. */
export interface DifferenceEvent {
  readonly rule: string
  readonly event: Readonly<Record<string, unknown>>
  /** What the rule's event stands under once this one is let in: a number, null for nothing; undefined: as before. */
  readonly standing: number | null | undefined
  /** What stood before, where the event replaces or withdraws it; without its id. */
  readonly former: Readonly<Record<string, unknown>> | null
}

/** Events of one difference, or why the mapping makes none of it. */
export type DifferenceEvents = { readonly events: readonly DifferenceEvent[]; readonly faults: readonly string[] }

const NONE: DifferenceEvents = { events: [], faults: [] }

/**
 * What a difference says to the service. A rule for new and changed rows makes what the row *is*: if it comes out otherwise
 * than before, its event is replaced (`retracts`), if it no longer holds, withdrawn. A rule for changed rows alone makes
 * what *happened* to it, one for vanished rows what its end means.
 *
 *     rule on        new row     changed row                        vanished row
 *     new, changed   event       new, replaced, withdrawn or none   as `vanished` says: none, or withdrawn
 *     new            event       -                                  the same
 *     changed        -           event                              -
 *     vanished       -           -                                  event, of the row as it last was
 */
export function eventsOf(difference: Difference, ground: EventGround): DifferenceEvents {
  if (difference.kind !== 'new' && difference.kind !== 'changed' && difference.kind !== 'vanished') return NONE
  const events: DifferenceEvent[] = []
  const faults: string[] = []
  const sound = (made: Made | null) => {
    if (made === null) return null
    if ('event' in made) return made.event
    faults.push(...made.faults)
    return null
  }
  for (const rule of ground.table.rules) {
    const one = ofRule(rule, difference, ground, sound)
    if (one !== null) events.push(one)
  }
  return faults.length > 0 ? { events: [], faults } : { events, faults }
}

function ofRule(
  rule: SnapshotRule,
  difference: Extract<Difference, { kind: 'new' | 'changed' | 'vanished' }>,
  ground: EventGround,
  sound: (made: Made | null) => Readonly<Record<string, unknown>> | null,
): DifferenceEvent | null {
  const { kind, key } = difference
  const { number, taken } = ground
  const standing: Standing = kind === 'new' ? {} : difference.before.standing
  const first = standing[rule.name]
  const make = (cells: readonly string[], before: readonly string[] | null) => {
    const row = { cells, before, taken }
    return rule.holds(row) ? rule.make(row) : null
  }
  const send = (event: Readonly<Record<string, unknown>>, word: string, rest: Partial<DifferenceEvent> = {}) => {
    const named = { ...event, id: idOf(ground, number, rule.name, key, word) }
    const marked = ground.backfill ? { ...named, backfill: true } : named
    return { rule: rule.name, event: marked, standing: undefined, former: null, ...rest }
  }
  const withdrawal = (before: readonly string[], earlier: number) => {
    const former = sound(rule.make({ cells: before, before: null, taken }))
    if (former === null) return null
    const { specversion, source, subject, region, industry } = former
    const envelope = { specversion, source, type: 'event.retracted', subject, time: taken, region, industry }
    const retracts = idOf(ground, earlier, rule.name, key, '')
    const data = { reason: `no longer in the full table of ${ground.source}` }
    return send({ ...envelope, retracts, data }, 'withdrawn', { standing: null, former })
  }

  if (kind === 'new') {
    const event = rule.on.includes('new') ? sound(make(difference.after, null)) : null
    return event === null ? null : send(event, '', { standing: number })
  }
  const before = difference.before.cells
  if (kind === 'vanished') {
    if (rule.on.includes('vanished')) {
      const event = sound(make(before, before))
      return event === null ? null : send(event, 'vanished')
    }
    return ground.table.withdrawsVanished && first !== undefined ? withdrawal(before, first) : null
  }
  if (!rule.on.includes('changed')) return null
  const event = sound(make(difference.after, before))
  if (!rule.on.includes('new')) return event === null ? null : send(event, 'changed')
  if (first === undefined) return event === null ? null : send(event, '', { standing: number })
  if (event === null) return withdrawal(before, first)
  const former = sound(rule.make({ cells: before, before: null, taken }))
  // Of a row that is open not all was let in, so its cells need not be what stands: it is said again.
  const isAsBefore = !difference.before.isOpen && JSON.stringify(former) === JSON.stringify(event)
  if (former === null || isAsBefore) return null
  return send({ ...event, retracts: idOf(ground, first, rule.name, key, '') }, 'replaced', { former })
}

/**
 * Of number, rule and key, by the secret: the same difference has the same id however often it is sent, and the id does not
 * say whom it is about.
 */
function idOf({ source, idKey }: EventGround, number: number, rule: string, key: string, word: string): string {
  const name = JSON.stringify([source, number, rule, word, key])
  return `S${number}-${createHmac('sha256', idKey).update(name).digest('hex').slice(0, 24)}`
}

/** How a row stands after the events of it that were let in. */
export function standingAfter(standing: Standing, letIn: readonly DifferenceEvent[]): Standing {
  const after = { ...standing }
  for (const { rule, standing: under } of letIn) {
    if (under === null) delete after[rule]
    else if (under !== undefined) after[rule] = under
  }
  return after
}
