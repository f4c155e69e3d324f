import type { Finding, FindingCorrection } from '../model/finding.ts'
import { LEVELS, type Level, severity } from '../model/level.ts'
import type { Cell, Moment } from './cell.ts'
import { beginsAnother, conclude, noteJudged, tell } from './conclude.ts'
import type { Touch } from './contract.ts'
import { type Episode, newestEnd, noteEnds } from './episode.ts'
import type { Correcting } from './fold-correction.ts'
import { type Fulfilled, isFulfilled, spanOf } from './judgement.ts'
import { lowered, NO_SILENCE } from './silence.ts'
import { binOf } from './windows/bins.ts'
import { newestBin, silenceOf, stockOf } from './windows/record.ts'
import { countInTally, newestTallyBin } from './windows/tally.ts'

/** What a correction does to one key of a detector. */
export interface KeyCorrection {
  /** What the original counted as: the windows lose it. */
  readonly undone: Touch[]
  /** What the undoing moves of the stock. */
  readonly stock: Touch[]
  /** What the correcting event counts as itself. */
  readonly own: Touch[]
}

/**
 * Corrects one key and judges what that leaves of its alert. A correction alone opens nothing: only the event that
 * replaces another can, as any event. Of one alert at most one finding comes of it.
 */
export function correctKey(cell: Cell, key: string, change: KeyCorrection, at: Correcting): Finding[] {
  const { states, plan } = cell
  const { event, original, logTime } = at
  const [own = null, ...rest] = change.own
  const handled = (touch: Touch) => cell.handle({ event, touch, due: null, logTime }) ?? []
  let record = states.find(key, original.test, logTime)
  const before = record === 0 ? [] : judgedEnds(cell, record, logTime)
  let isChanged = false
  for (const touch of change.undone) {
    if (record === 0) continue
    if (touch.counts !== false && states.uncount(record, touch, original)) isChanged = true
    if (touch.deadline && cell.deadlines?.undo(record, touch.deadline, original, logTime)) isChanged = true
  }
  for (const touch of change.stock) {
    if (record === 0) record = states.open(touch, original, binOf(plan.unit, event.time), logTime)
    if (record === 0) continue
    const stock = stockOf(states.arena, record)
    states.moveStock(record, touch)
    if (stockOf(states.arena, record) !== stock) isChanged = true
  }
  if (!isChanged) return [own ?? [], ...rest].flat().flatMap(handled)
  const isSameSpace = own !== null && event.test === original.test
  const findings = corrected(cell, record, before, isSameSpace ? own : null, key, at)
  cell.hold(record, logTime)
  return [...findings, ...[own !== null && !isSameSpace ? own : [], ...rest].flat().flatMap(handled)]
}

/** An open end of the key's episode and what was judged there before the correction. */
interface Before {
  readonly end: number
  readonly severity: number
}

function judgedEnds(cell: Cell, record: number, logTime: number): Before[] {
  const ends = cell.states.episodes.get(record)?.ends ?? []
  return ends.map((end) => ({ end, severity: severity(cell.judgeAt(record, end, logTime).verdict.level) }))
}

/** The windows are corrected; what comes of it. `own`: the correcting event counts for the same key. */
function corrected(
  cell: Cell,
  record: number,
  before: readonly Before[],
  own: Touch | null,
  key: string,
  at: Correcting,
): Finding[] {
  const { states, plan } = cell
  const { event, logTime } = at
  const moment = { event, touch: own ?? { key, counts: false }, due: null, logTime }
  const episode = states.episodes.get(record)
  // Before the own event may move the key on: what is taken back here must not count as settled.
  const asItWas = episode && { ...episode }
  const lost = before.filter(({ end, severity: held }) => held > 0 && !fulfilledAt(cell, record, end, logTime))
  if (episode) note(episode, lost, false)
  const { judged, without } = own === null ? { judged: [], without: null } : cell.count(moment, record)
  if (episode === undefined || asItWas === undefined) {
    if (judged.length > 0) return [conclude(cell, moment, record, judged, without) ?? []].flat()
    calm(cell, record, logTime)
    return []
  }
  const top = judged.findLast(isFulfilled)
  const isNew = top !== undefined && beginsAnother(cell, record, asItWas, top.end, without)
  if (!isNew) noteJudged(cell, moment, episode, judged)
  note(
    episode,
    lost.filter(
      ({ end }) => end >= newestBin(states.arena, record) - plan.lateness && fulfilledAt(cell, record, end, logTime),
    ),
    true,
  )
  const finding = told(cell, record, episode, before, moment, at)
  const opened = isNew ? conclude(cell, moment, record, judged, without) : null
  return opened === null ? [finding] : [finding, opened]
}

function note(episode: Episode, ends: readonly Before[], fulfilled: boolean): void {
  noteEnds(
    episode,
    ends.map(({ end }) => ({ end, fulfilled })),
  )
}

/** Whether a window that ends there is judged and fulfils. Only ends with an event are, save where stock may speak. */
function fulfilledAt(cell: Cell, record: number, end: number, logTime: number): boolean {
  const { plan, states } = cell
  const holds =
    plan.detector.stock === true || plan.waits || countInTally(states.arena, record, plan.span, end, end + 1) > 0
  return holds && isFulfilled(cell.judgeAt(record, end, logTime))
}

/** A trigger that backfill held silently and that does not hold any more may be crossed again. */
function calm(cell: Cell, record: number, logTime: number): void {
  const { arena } = cell.states
  const held = severity(cell.judgeAt(record, newestEndOf(cell, record), logTime, true).verdict.level)
  cell.keepSilent(record, held === 0 ? NO_SILENCE : lowered(silenceOf(arena, record), held))
}

function newestEndOf({ states, plan }: Cell, record: number): number {
  return newestTallyBin(states.arena, record, plan.span) ?? newestBin(states.arena, record)
}

/** What is to be said of a running episode. */
function told(
  cell: Cell,
  record: number,
  episode: Episode,
  before: readonly Before[],
  moment: Moment,
  at: Correcting,
): Finding {
  const newest = cell.judgeAt(record, newestEndOf(cell, record), at.logTime)
  const left = episode.ends.map((end) => cell.judgeAt(record, end, at.logTime)).filter(isFulfilled)
  const correction: FindingCorrection = {
    kind: at.kind,
    of: { source: at.original.source, id: at.original.id },
    by: { source: at.event.source, id: at.event.id },
    reason: typeof at.event.data.reason === 'string' && at.kind === 'withdrawn' ? at.event.data.reason : '',
    level: levelTaken(episode, before, left),
  }
  if (newestEnd(episode) === Number.NEGATIVE_INFINITY) {
    cell.states.endEpisode(record)
    return { ...tell(cell, 'withdrawn', moment, record, episode, newest), correction }
  }
  setTimes(cell, record, episode, left)
  const finding = { ...tell(cell, 'correction', moment, record, episode, left.at(-1) ?? newest), correction }
  if (!isFulfilled(newest)) {
    episode.level = null
    cell.states.inventory.delete(record)
  }
  return finding
}

/** While no end is settled the times of all fulfilling windows are at hand; afterwards only those of the newest. */
function setTimes(cell: Cell, record: number, episode: Episode, left: readonly Fulfilled[]): void {
  if (left.length === 0) return
  const { first, last } = spanOf(cell.plan, cell.states.arena, record, left, episode.lastEventTime)
  episode.lastEventTime = last
  if (episode.settledEnd === null) episode.firstEventTime = first
}

/** Of ends that are settled it is not known any more how grave they were. */
function levelTaken(episode: Episode, before: readonly Before[], left: readonly Fulfilled[]) {
  const gravest = (severities: readonly number[]) => Math.max(0, ...severities)
  const was = gravest(before.map((one) => one.severity))
  const is = gravest(left.map(({ verdict }) => severity(verdict.level)))
  if (episode.settledEnd !== null || is === 0 || is >= was) return null
  return { before: levelOf(was), after: levelOf(is) }
}

function levelOf(wanted: number): Level {
  return LEVELS.find((level) => severity(level) === wanted) as Level
}
