import type { GoLive } from '../model/inventory.ts'
import { severity } from '../model/level.ts'
import type { Cell, Moment } from './cell.ts'
import type { InventoryMark } from './inventory.ts'
import { type Fulfilled, isFulfilled } from './judgement.ts'
import { NO_SILENCE } from './silence.ts'
import { contributionsBetween } from './windows/contributions.ts'
import { listOf } from './windows/record.ts'

/**
 * Takes stock at a go-live: every key that fulfils the trigger by now, and has no alert, is put into the inventory at the
 * level it has. Looks at every key of the cell, so it takes some microseconds a key; it happens when an administrator
 * changes parameters, or once for a new version.
 *
 * A version has judged history in silence: a running episode of it may be that of an alert which the version before
 * opened, or not. It is put into the inventory either way.
 */
export function takeStock(cell: Cell, because: Exclude<GoLive, 'backfill'>): void {
  const { states, logTime } = cell
  for (const record of states.present(logTime)) {
    const episode = states.episodes.get(record)
    if (episode !== undefined && (because !== 'version' || episode.level === null)) continue
    const standing = episode === undefined ? standingOf(cell, record) : null
    if (episode === undefined && standing === null) {
      if (states.inventory.has(record)) cell.keepSilent(record, NO_SILENCE)
      continue
    }
    const { key = '', region = '' } = states.identityOf(record) ?? {}
    if (cell.allowed.entryOf(key, logTime) !== null) continue
    if (standing !== null) cell.keepSilent(record, { held: severity(standing.verdict.level), backfilled: false })
    states.inventory.set(record, markOf(cell, record, { key, region: episode?.region ?? region }, because))
  }
}

/** A judged event found that backfill alone fulfils the trigger for its key: from here on it is on the list. */
export function listSilent(cell: Cell, { event, touch, logTime }: Moment, record: number): void {
  const { inventory } = cell.states
  if (event.test || inventory.has(record) || cell.allowed.entryOf(touch.key, logTime) !== null) return
  inventory.set(record, {
    ...markOf(cell, record, { key: touch.key, region: event.region }, 'backfill'),
    since: logTime,
  })
}

/** What the key fulfils on the windows that end now: those of its newest event say nothing once time has passed them. */
function standingOf(cell: Cell, record: number): Fulfilled | null {
  const now = cell.judgeAt(record, cell.endNow(record, cell.logTime), cell.logTime)
  return isFulfilled(now) ? now : null
}

function markOf(
  cell: Cell,
  record: number,
  { key, region }: Pick<InventoryMark, 'key' | 'region'>,
  because: GoLive,
): InventoryMark {
  const { arena, episodes } = cell.states
  const [from, to] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]
  const contributions = contributionsBetween(arena, listOf(arena, record, 'contributions'), from, to)
  const touched = [region, ...contributions.map((one) => one.region), ...(episodes.get(record)?.regions ?? [])]
  return { key, region, regions: [...new Set(touched.filter((one) => one !== ''))], since: cell.logTime, because }
}
