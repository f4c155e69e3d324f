import { createHash } from 'node:crypto'
import { PROVINCE } from '../model/area-table.ts'
import type { Finding, FindingKind } from '../model/finding.ts'
import type { Bilingual, Level } from '../model/level.ts'
import type { Position } from '../model/position.ts'
import type { SourceRecord } from '../model/source.ts'
import { businessDayStart, DAY_MS, formatTime } from '../model/time.ts'
import { SOURCE_LIMITS } from './limits.ts'
import type { Tally, ToldFault } from './tally.ts'

/** DQ-01: no detector of the log, for what it sees is that nothing comes; its findings go to the desk like any other. */
const DETECTOR = 'source-silent'
const CODE = 'DQ-01'
/** Source of the anchor, as of every finding that no event makes. */
const TIMER = 'yujing.timer'

/** How a detector rests on a source: on what it sends, or on what it has not sent. */
export type RestsOn = (detector: string) => 'events' | 'absence'

/** What is wrong with a source. */
interface Fault {
  readonly reason: ToldFault['reason']
  readonly level: Level
  /** Epoch milliseconds: since when, and for what time it was judged, half-open [since, until). */
  readonly since: number
  readonly until: number
  readonly observed: number
  readonly threshold: number
}

/**
 * What is to be said of a source at `now`, null for nothing new, and what is told once it has been said.
 *
 *     verdict   ok     silent          silent      ok          silent
 *     finding          open                        withdrawn   open        one silence is one alert: its id is made of
 *                      since 10:00                             since 15:00 the source and the moment it fell silent
 *
 * A silence counts more than faults in the content of the last whole day; each is an alert of its own, which is closed by
 * itself once it no longer holds. Level: orange if a detector judges what the source has *not* sent (its findings are held until it speaks), yellow
 * if detectors rest on what it sends (they hear nothing and stay quiet), blue if none does. A fault in the content is a
 * level milder, for the source does send.
 */
export function alarmOf(
  record: SourceRecord,
  tally: Tally,
  at: { readonly now: number; readonly position: Position },
  restsOn: RestsOn,
): { readonly finding: Finding; readonly told: ToldFault | null } | null {
  const told = tally.told ?? null
  const fault = faultOf(record, tally, at.now, restsOn)
  if (told !== null && told.reason !== fault?.reason) {
    const { reason, level, since } = told
    const over = { reason, level, since, until: Math.max(at.now, since + 1), observed: 0, threshold: 1 }
    return { finding: findingOf('withdrawn', record, tally, told, over, at), told: null }
  }
  if (fault === null || told?.level === fault.level) return null
  const { reason, level } = fault
  const next = { reason, level, since: fault.since, anchor: told?.anchor ?? `${reason} ${formatTime(fault.since)}` }
  return { finding: findingOf(told === null ? 'open' : 'level', record, tally, next, fault, at), told: next }
}

function faultOf(record: SourceRecord, tally: Tally, now: number, restsOn: RestsOn): Fault | null {
  const levels = levelsOf(record, restsOn)
  if (tally.verdict === 'silent' && tally.since !== null) {
    const since = Math.min(tally.since, now - 1)
    const common = { reason: 'silent', level: levels.silent, since, until: now } as const
    if (record.cadence.kind === 'live')
      return { ...common, observed: Math.round(tally.missed), threshold: SOURCE_LIMITS.silent.missed }
    const { graceDays } = record.cadence
    return { ...common, observed: Math.ceil((now - since) / DAY_MS), threshold: graceDays + 1 }
  }
  const { checked } = tally
  if (checked === null || checked.faults.length === 0) return null
  const since = businessDayStart(checked.day)
  const numbers = { observed: checked.faults.length, threshold: 1 }
  return { reason: 'content', level: levels.content, since, until: since + DAY_MS, ...numbers }
}

function levelsOf({ detectors }: SourceRecord, restsOn: RestsOn): Record<ToldFault['reason'], Level> {
  if (detectors.some((id) => restsOn(id) === 'absence')) return { silent: 'orange', content: 'yellow' }
  return detectors.length > 0 ? { silent: 'yellow', content: 'blue' } : { silent: 'blue', content: 'blue' }
}

const TITLES: Readonly<Record<ToldFault['reason'], Bilingual>> = {
  silent: { zh: '数据源静默', en: 'Source silent' },
  content: { zh: '数据源内容异常', en: 'Content of a source unusual' },
}

function findingOf(
  kind: FindingKind,
  record: SourceRecord,
  tally: Tally,
  told: ToldFault,
  fault: Fault,
  { now, position }: { readonly now: number; readonly position: Position },
): Finding {
  const { name } = record
  const regions = record.areas === 'all' ? [PROVINCE[0]] : [...record.areas]
  const anchor = { source: TIMER, id: told.anchor }
  const text = JSON.stringify([DETECTOR, name, anchor.source, anchor.id])
  return {
    kind,
    alertId: createHash('sha256').update(text).digest('hex').slice(0, 32),
    detector: DETECTOR,
    detectorVersion: 1,
    code: CODE,
    key: { kind: 'source', key: name },
    anchor,
    level: fault.level,
    title: TITLES[fault.reason],
    summary: kind === 'withdrawn' ? overOf(record, fault) : sentenceOf(record, fault, tally),
    evidence: {
      observed: fault.observed,
      expected: null,
      threshold: fault.threshold,
      probability: null,
      from: fault.since,
      to: fault.until,
      series: tally.days.toReversed().map(({ day, count }) => [businessDayStart(day), count]),
      reason: kind === 'withdrawn' ? OVER[fault.reason] : fault.reason,
      events: [],
      eventsTotal: 0,
      position,
    },
    due: now,
    parameters: {},
    parametersVersion: 0,
    firstEventTime: fault.since,
    lastEventTime: fault.until,
    region: regions[0] as string,
    regions,
    industry: '',
    enterprises: [],
    historic: false,
    test: false,
    logTime: now,
  }
}

function sentenceOf({ name, owner, detectors, cadence }: SourceRecord, fault: Fault, tally: Tally): Bilingual {
  const since = formatTime(fault.since).slice(0, 16).replace('T', ' ')
  const rest = {
    zh: detectors.length === 0 ? '没有模型依赖它' : `依赖它的模型：${detectors.join('、')}`,
    en: detectors.length === 0 ? 'no detector rests on it' : `detectors that rest on it: ${detectors.join(', ')}`,
  }
  if (fault.reason === 'content') {
    const checks = (tally.checked?.faults ?? []).map(({ check }) => check)
    const day = since.slice(0, 10)
    return {
      zh: `${name}（${owner}）${day}的数据有${checks.length}处异常（${checks.join('、')}）；${rest.zh}`,
      en: `What ${name} (${owner}) sent on ${day} is unusual (${checks.join(', ')}); ${rest.en}`,
    }
  }
  if (cadence.kind === 'batch')
    return {
      zh: `${name}（${owner}）应于${since}前报送，至今未到；${rest.zh}`,
      en: `${name} (${owner}) was due before ${since} and has not delivered; ${rest.en}`,
    }
  return {
    zh: `${name}（${owner}）自${since}起没有数据，平时此间应有${fault.observed}分钟有数据；${rest.zh}`,
    en: `${name} (${owner}) has sent nothing since ${since}, where ${fault.observed} minutes with events would have been usual; ${rest.en}`,
  }
}

/** Why an alert was closed. */
const OVER: Readonly<Record<ToldFault['reason'], string>> = { silent: 'speaks-again', content: 'content-usual' }

function overOf({ name, owner }: SourceRecord, { reason }: Fault): Bilingual {
  if (reason === 'content')
    return { zh: `${name}（${owner}）的数据异常已解除`, en: `What ${name} (${owner}) sends is no longer unusual` }
  return { zh: `${name}（${owner}）已恢复报送`, en: `${name} (${owner}) sends again` }
}
