import type { AllowListEntry } from '../model/allow-list.ts'
import type { Level } from '../model/level.ts'
import type { Cell } from './cell.ts'
import type { Pending } from './contract.ts'
import { binOf } from './windows/bins.ts'
import { newestBin, stockOf } from './windows/record.ts'
import { newestTallyBin } from './windows/tally.ts'

/**
 * Why a key has an alert or none: somebody has put it on the allow-list; nothing known of it; below the threshold;
 * fulfilled since backfill and silent until the level rises; in the inventory, because it fulfilled the trigger when that
 * went live; a finding waits for sources to say that they have sent everything; an episode runs; an episode ran and its
 * newest window no longer fulfils the trigger.
 */
export type WhyState =
  | 'allow-listed'
  | 'no-events'
  | 'below-threshold'
  | 'held-by-backfill'
  | 'inventory'
  | 'held'
  | 'alert-open'
  | 'alert-ended'

/** What a detector's state says of one key. Times are epoch milliseconds, windows half-open [from, to). */
export interface Explanation {
  readonly detector: string
  readonly detectorVersion: number
  readonly key: string
  readonly state: WhyState
  readonly parameters: Readonly<Record<string, number>>
  readonly parametersVersion: number
  /** Log time of the state that was asked. */
  readonly logTime: number
  /** The newest windows: those ending with the key's newest event. Empty when nothing is known. */
  readonly windows: readonly {
    readonly name: string
    readonly from: number
    readonly to: number
    readonly events: number
    readonly members: number
    readonly sum: number
  }[]
  readonly stock: number
  /** What is not done yet, the first due first. */
  readonly pending: readonly Pending[]
  /** The sources for whose word a finding waits; empty for none. */
  readonly heldBy: readonly string[]
  readonly verdict: {
    readonly level: Level | null
    readonly observed: number
    readonly expected: number | null
    readonly threshold: number
    readonly probability: number | null
    readonly reason: string
  } | null
  readonly alertId: string | null
  /** Why it is counted and not judged now, who answers for that and until when (log time, exclusive); null: it is judged. */
  readonly allowListed: Pick<AllowListEntry, 'detector' | 'owner' | 'reason' | 'until'> | null
}

/** Explains the state of a key of one cell. */
export function explainKey(cell: Cell, key: string): Explanation {
  const { plan, states, parameters, logTime } = cell
  const common = {
    detector: plan.detector.id,
    detectorVersion: plan.detector.version,
    key,
    parameters: parameters.values,
    parametersVersion: parameters.version,
    logTime,
    allowListed: allowListed(cell, key),
  }
  const isAllowed = common.allowListed !== null
  const record = states.find(key, false, logTime)
  const nothing = { windows: [], stock: 0, pending: [], heldBy: [], verdict: null, alertId: null }
  if (record === 0) return { ...common, state: isAllowed ? 'allow-listed' : 'no-events', ...nothing }
  const { arena } = states
  const newest = newestTallyBin(arena, record, plan.span) ?? newestBin(arena, record)
  const end = plan.waits ? Math.max(binOf(plan.unit, logTime), newest) : newest
  const { view, verdict } = cell.judgeAt(record, end, logTime)
  const { window: _, ...numbers } = verdict
  return {
    ...common,
    state: isAllowed ? 'allow-listed' : stateOf(cell, record, verdict.level),
    windows: Object.entries(view.windows).map(([name, { from, to, events, members, sum }]) => ({
      name,
      from,
      to,
      events,
      members,
      sum,
    })),
    stock: stockOf(arena, record),
    pending: view.pending,
    heldBy: heldBy(cell, record),
    verdict: numbers,
    alertId: states.episodes.get(record)?.alertId ?? null,
  }
}

function allowListed({ allowed, logTime }: Cell, key: string): Explanation['allowListed'] {
  const entry = allowed.entryOf(key, logTime)
  if (entry === null) return null
  const { detector, owner, reason, until } = entry
  return { detector, owner, reason, until }
}

function stateOf(cell: Cell, record: number, level: Level | null): WhyState {
  if (cell.states.inventory.has(record)) return 'inventory'
  const episode = cell.states.episodes.get(record)
  if (episode) return episode.level === null ? 'alert-ended' : 'alert-open'
  if (heldBy(cell, record).length > 0) return 'held'
  if (level === null) return 'below-threshold'
  return 'held-by-backfill'
}

function heldBy({ deadlines, logTime }: Cell, record: number): string[] {
  if (deadlines === null) return []
  return deadlines.sourcesOf(deadlines.unknownOf(record, logTime).filter(({ held }) => held))
}
