import { inArea } from '../model/area.ts'
import {
  compareInventoryPlaces,
  type FoundCase,
  type FoundInventory,
  type GoLive,
  type InventoryPlace,
  type InventoryQuestion,
  joinInventories,
} from '../model/inventory.ts'
import { LEVELS, type Level } from '../model/level.ts'
import type { Cell } from './cell.ts'
import { binOf } from './windows/bins.ts'
import { contributionsBetween } from './windows/contributions.ts'
import { listOf, newestBin, silenceOf } from './windows/record.ts'
import { newestTallyBin } from './windows/tally.ts'

/** Most enterprises that a case names. */
const MAX_ENTERPRISES = 64

/**
 * A key that fulfilled the trigger when it went live (DESIGN 17, second half). It is a case of the inventory as long as
 * no alert may open for it:
 *
 *     parameters or a version go live; the key fulfils the trigger         in the inventory
 *     it is judged, its level rises                                        leaves it, an alert opens
 *     it is judged and its newest window does not fulfil the trigger       leaves it; the next crossing opens an alert
 *     it is judged and fulfils at that level or a milder one               stays, at the level it has
 *
 * Of a key without an episode its silence holds the level (`silence.ts`). A version that goes live may find an episode,
 * for it has judged history in silence: then the findings of that are marked, so that an alert which the version before
 * has opened goes on (it is the same episode, so it has the same id), and none opens.
 */
export interface InventoryMark {
  /** The key's own text; '' where the state cannot tell it, and of test keys: such a case is not listed. */
  readonly key: string
  /** County whose office has it on its list, '' where it is not known; and all counties touched. */
  readonly region: string
  readonly regions: readonly string[]
  /** Log time at which it was put on the list, epoch milliseconds. */
  readonly since: number
  readonly because: GoLive
}

/** A marked key, and where it stands for those who ask. */
interface Head {
  readonly cell: Cell
  readonly record: number
  readonly mark: InventoryMark
  readonly place: InventoryPlace
}

/** The inventory of some cells, as `Shard.inventory`. */
export function inventoryOf(cells: readonly Cell[], question: InventoryQuestion): FoundInventory {
  const { detectors, after, most } = question
  const heads = cells
    .filter(
      ({ plan: { detector } }) => detectors?.some((name) => name === detector.id || name === detector.code) ?? true,
    )
    .flatMap((cell) => [...cell.states.inventory].flatMap(([record, mark]) => headOf(cell, record, mark, question)))
  const wanted = heads
    .filter(({ place }) => after === null || compareInventoryPlaces(place, after) > 0)
    .sort((a, b) => compareInventoryPlaces(a.place, b.place))
    .slice(0, most)
  return joinInventories([{ lists: heads.map(listOfOne), cases: wanted.map(caseOf) }], most)
}

/** Empty for what is hidden from those who ask, or not asked for. */
function headOf(cell: Cell, record: number, mark: InventoryMark, question: InventoryQuestion): Head[] {
  const { areas, levels, regions, offices } = question
  const isIn = (wanted: readonly string[] | 'all', region: string) =>
    wanted === 'all' || wanted.some((area) => inArea(region, area))
  const seen = mark.regions.filter((region) => isIn(areas, region))
  const level = levelOf(cell, record)
  if (mark.key === '' || (areas !== 'all' && seen.length === 0)) return []
  if (levels !== undefined && !levels.includes(level)) return []
  if (regions !== undefined && !seen.some((region) => isIn(regions, region))) return []
  const office = areas === 'all' || seen.includes(mark.region) ? mark.region : (seen[0] as string)
  if (offices !== undefined && !offices.includes(office)) return []
  return [{ cell, record, mark, place: { code: cell.plan.detector.code, office, level, key: mark.key } }]
}

/** The level an event has to rise above for an alert to open. */
function levelOf({ states }: Cell, record: number): Level {
  const { held } = silenceOf(states.arena, record)
  return states.episodes.get(record)?.lastLevel ?? (LEVELS[LEVELS.length - held] as Level)
}

function listOfOne({ cell, place: { code, office, level } }: Head): FoundInventory['lists'][number] {
  const none = { red: 0, orange: 0, yellow: 0, blue: 0 }
  return { detector: cell.plan.detector.id, code, office, levels: { ...none, [level]: 1 } }
}

/** The case with the numbers of its newest windows, as `explain` would show them now. */
function caseOf({ cell, record, mark, place }: Head): FoundCase {
  const { plan, parameters, logTime } = cell
  const { arena } = cell.states
  const { detector } = plan
  const newest = newestTallyBin(arena, record, plan.span) ?? newestBin(arena, record)
  const end = plan.waits ? Math.max(binOf(plan.unit, logTime), newest) : newest
  const { view, verdict, window } = cell.judgeAt(record, end, logTime)
  const contributions = contributionsBetween(arena, listOf(arena, record, 'contributions'), window.from, window.to)
  const counties = new Map(contributions.toReversed().map(({ subject, region }) => [subject, region]))
  counties.delete('')
  if (detector.keyKind === 'enterprise') counties.set(mark.key, mark.region)
  const { observed, expected, threshold, probability, reason } = verdict
  const { from, to, events: eventsTotal } = window
  return {
    detector: detector.id,
    detectorVersion: detector.version,
    code: detector.code,
    title: detector.title,
    summary: detector.sentence(verdict, view, parameters.values),
    level: place.level,
    subject: { kind: detector.keyKind, key: mark.key },
    place,
    region: mark.region,
    regions: [...mark.regions],
    evidence: { observed, expected, threshold, probability, from, to, reason, eventsTotal, params: parameters.values },
    since: mark.since,
    because: mark.because,
    events: contributions.map(({ seq, index, region }) => ({ seq, index, region })),
    enterprises: [...counties].reverse().slice(0, MAX_ENTERPRISES),
  }
}
