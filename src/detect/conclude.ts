import type { Finding, FindingKind } from '../model/finding.ts'
import { severity } from '../model/level.ts'
import { businessDay, DAY_MS } from '../model/time.ts'
import type { Cell, Moment } from './cell.ts'
import { alertIdOf, type Episode, isOver, newestEnd, noteEnds } from './episode.ts'
import { findingOf } from './finding.ts'
import { type Fulfilled, isFulfilled, type Judgement, spanOf } from './judgement.ts'
import { crossing, lowered, NO_SILENCE } from './silence.ts'
import { listSilent } from './take-stock.ts'
import { thin } from './thinning.ts'
import { binStart } from './windows/bins.ts'
import { contributionsBetween } from './windows/contributions.ts'
import { listOf, newestBin, silenceOf } from './windows/record.ts'
import { newestTallyBin } from './windows/tally.ts'

/** An alert whose opening finding's last event is older than this against log time is historic. */
const HISTORIC_MS = 30 * DAY_MS

/** What comes of the ends judged because of a counted event. `without`: as `Cell.severityWithout` gave it. */
export function conclude(
  cell: Cell,
  moment: Moment,
  record: number,
  judged: readonly Judgement[],
  without: ((end: number) => number) | null,
): Finding | null {
  const newest = judged.at(-1)
  if (newest === undefined) return null
  const { arena, episodes } = cell.states
  const top = judged.findLast(isFulfilled)
  const episode = episodes.get(record)
  if (episode && !(top && beginsAnother(cell, record, episode, top.end, without)))
    return continueEpisode(cell, moment, record, episode, judged, top)
  const silence = silenceOf(arena, record)
  if (top === undefined) {
    // What a source has not told yet may hold the trigger all the same.
    const mayHold = cell.plan.waits && isFulfilled(cell.judgeAt(record, newest.end, moment.logTime, true))
    if (isNewest(cell, record, newest) && !mayHold) cell.keepSilent(record, NO_SILENCE)
    return null
  }
  // A departure may lower a level, it never opens an alert.
  if (moment.touch.stock === -1) {
    cell.keepSilent(record, lowered(silence, severity(top.verdict.level)))
    return null
  }
  if (!episode && without) {
    const crossed = crossing(silence, without(top.end), severity(top.verdict.level))
    cell.keepSilent(record, crossed.silence)
    if (!crossed.opens) {
      listSilent(cell, moment, record)
      return null
    }
  }
  return isAllowed(cell, moment) ? null : openEpisode(cell, moment, record, judged.filter(isFulfilled), top)
}

function openEpisode(
  cell: Cell,
  moment: Moment,
  record: number,
  fulfilled: readonly Fulfilled[],
  top: Fulfilled,
): Finding {
  const { event, touch, due, logTime } = moment
  cell.states.inventory.delete(record)
  const anchor = { source: event.source, id: event.id }
  const span = spanOf(cell.plan, cell.states.arena, record, fulfilled, event.time)
  const [first, last] = [span.first, Math.max(span.last, due ?? span.last)]
  const episode: Episode = {
    alertId: alertIdOf(cell.plan.detector.id, touch.key, anchor),
    anchor,
    region: event.region,
    regions: [event.region],
    industry: '',
    test: event.test,
    historic: last < logTime - HISTORIC_MS,
    level: null,
    lastLevel: top.verdict.level,
    observed: 0,
    day: 0,
    ends: fulfilled.map(({ end }) => end),
    settledEnd: null,
    firstEventTime: first,
    lastEventTime: last,
  }
  cell.states.episodes.set(record, episode)
  return tell(cell, 'open', moment, record, episode, top)
}

function continueEpisode(
  cell: Cell,
  moment: Moment,
  record: number,
  episode: Episode,
  judged: readonly Judgement[],
  top: Fulfilled | undefined,
): Finding | null {
  const newest = judged.at(-1) as Judgement
  const recedes = moment.touch.stock === -1
  const withdraw = () => {
    cell.states.endEpisode(record)
    return tell(cell, 'withdrawn', moment, record, episode, newest)
  }
  if (!recedes && noteFulfilled(cell, moment, record, episode, judged) === 'none-left') return withdraw()
  if (!isFulfilled(newest) && cell.plan.detector.deadlines?.closesItself) return withdraw()
  if (!isFulfilled(newest) && isNewest(cell, record, newest)) {
    cell.states.inventory.delete(record)
    return episode.level === null ? null : tell(cell, 'end', moment, record, episode, newest)
  }
  if (top === undefined || (recedes ? episode.level === null : top.end !== newestEnd(episode))) return null
  if (isAllowed(cell, moment)) return null
  const { level, observed } = top.verdict
  if (severity(level) > severity(episode.lastLevel)) cell.states.inventory.delete(record)
  const kind = thin(episode, { level, observed, day: dayOf(cell, top) })
  return kind === null || (recedes && kind !== 'level') ? null : tell(cell, kind, moment, record, episode, top)
}

/** Notes which windows fulfil the trigger and what time they span; tells when late events took the last one away. */
function noteFulfilled(
  cell: Cell,
  moment: Moment,
  record: number,
  episode: Episode,
  judged: readonly Judgement[],
): 'some-left' | 'none-left' {
  const { event, due } = moment
  const fulfilled = judged.filter(isFulfilled)
  noteJudged(cell, moment, episode, judged)
  if (fulfilled.length > 0 && !isAllowed(cell, moment)) {
    const { first, last } = spanOf(cell.plan, cell.states.arena, record, fulfilled, event.time)
    episode.firstEventTime = Math.min(episode.firstEventTime, first)
    episode.lastEventTime = Math.max(episode.lastEventTime, last, due ?? last)
  }
  return newestEnd(episode) === Number.NEGATIVE_INFINITY ? 'none-left' : 'some-left'
}

/**
 * What stock once fulfilled was true then; only windows can turn out never to have fulfilled the trigger. An allowed key
 * gains no ends: its alert does not go on.
 */
export function noteJudged(cell: Cell, moment: Moment, episode: Episode, judged: readonly Judgement[]): void {
  const allowed = isAllowed(cell, moment)
  const isLasting = cell.plan.detector.stock || cell.plan.waits
  noteEnds(
    episode,
    judged
      .filter((judgement) => (isFulfilled(judgement) ? !allowed : !isLasting))
      .map((judgement) => ({ end: judgement.end, fulfilled: isFulfilled(judgement) })),
  )
}

/** Puts down in the episode what is being said, and says it. */
export function tell(
  cell: Cell,
  kind: FindingKind,
  moment: Moment,
  record: number,
  episode: Episode,
  shown: Judgement,
): Finding {
  const { plan, parameters } = cell
  const { arena } = cell.states
  const { from, to } = shown.window
  const contributions = contributionsBetween(arena, listOf(arena, record, 'contributions'), from, to)
  const { level, observed } = shown.verdict
  episode.industry = moment.event.industry || moment.event.register.industry || episode.industry
  episode.regions = [...new Set([...episode.regions, ...contributions.map(({ region }) => region)])]
  episode.lastLevel = level ?? episode.lastLevel
  episode.level = level
  if (level !== null) {
    episode.observed = observed
    episode.day = dayOf(cell, shown)
  }
  const found = findingOf({ kind, plan, parameters, moment, episode, shown, contributions })
  return { ...found, ...(cell.states.inventory.has(record) && { inventory: true }) }
}

/**
 * A window fulfilled at `end` begins another episode; what has been pending without a break is one for however long, and a
 * case of the inventory is one until it falls below.
 */
export function beginsAnother(
  { plan, states }: Cell,
  record: number,
  episode: Episode,
  end: number,
  without: ((end: number) => number) | null,
): boolean {
  if (states.inventory.has(record)) return without?.(end) === 0
  return !(plan.waits && episode.level !== null) && isOver(episode, plan.unit, end)
}

/** The key is counted and not judged where log time stands. */
function isAllowed({ allowed }: Cell, { touch, logTime }: Pick<Moment, 'touch' | 'logTime'>): boolean {
  return allowed.entryOf(touch.key, logTime) !== null
}

/** The judgement is on the newest windows the key has. */
function isNewest({ plan, states }: Cell, record: number, { end }: Judgement): boolean {
  const { arena } = states
  return end >= (newestTallyBin(arena, record, plan.span) ?? newestBin(arena, record))
}

function dayOf({ plan }: Cell, { end }: Judgement): number {
  return businessDay(binStart(plan.unit, end))
}
