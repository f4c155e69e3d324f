import type { Detector } from './detect/contract.ts'
import { defaultParameters, withParameters } from './detect/parameters.ts'
import { createTrial, type Trial } from './detect/trial.ts'
import type { StoredAlert } from './model/alert.ts'
import type { ControlEntry } from './model/control.ts'
import { LEVELS, type Level } from './model/level.ts'
import type { StoredMessage } from './model/log-message.ts'
import { businessDay, formatDay } from './model/time.ts'
import { alertAfter } from './offline-pass.ts'
import type { Store } from './store/store.ts'

type Numbers = Readonly<Record<string, number>>

/** Most keys that a list of differences names. */
export const MOST_CASES = 200
/** Longest period, days: each of them is told. */
export const MOST_DAYS = 3_660

/** What is tried. Days are business days, half-open [fromDay, toDay). */
export interface BacktestQuestion {
  readonly detector: Detector
  /** In place of those in force; names left out keep the value in force at the end of the log. */
  readonly parameters: Numbers
  readonly fromDay: number
  readonly toDay: number
  readonly judgesBackfill: boolean
}

/** A key that would have had an alert whose opening event lies in the period. */
export interface BacktestCase {
  readonly key: string
  /** Business day of the event that opens it, `2026-11-23`. */
  readonly day: string
  readonly level: Level
  readonly observed: number
  readonly region: string
}

/** What the detector says with one set of parameters. */
export interface BacktestSide {
  readonly parameters: Numbers
  /** Alerts that open in the period and were not withdrawn; test events apart. */
  readonly alerts: number
  readonly withdrawn: number
  readonly byLevel: Readonly<Record<Level, number>>
  /** By city, the first four digits of the county, the most first. */
  readonly byCity: readonly (readonly [string, number])[]
  /** Every business day of the period with what opened on it. */
  readonly byDay: readonly (readonly [string, number])[]
}

/** The detector as it was, beside the detector as proposed, over the same history. */
export interface BacktestReport {
  readonly detector: string
  readonly detectorVersion: number
  readonly from: string
  readonly to: string
  readonly judgesBackfill: boolean
  readonly epoch: string
  /** Last message read; what came later is not in it. */
  readonly position: number
  /** Events of the types that the detector reads. */
  readonly events: number
  readonly inForce: BacktestSide
  readonly proposed: BacktestSide
  /** Keys with an alert on one side only, or of another level; at most 200 each, `more` counts the rest. */
  readonly differences: Readonly<
    Record<'onlyProposed' | 'onlyInForce', { readonly cases: readonly BacktestCase[]; readonly more: number }>
  > & {
    readonly otherLevel: { readonly cases: readonly (BacktestCase & { readonly proposed: Level })[]; more: number }
  }
}

/**
 * Lets a detector judge history again, with the parameters that were in force and with others, and says what differs.
 * Nothing is written. History is what the store holds of the present log, from its first message: windows are full when
 * the period begins. Rejects with `store.unavailable` while it cannot be read.
 */
export async function backtest(o: {
  readonly store: Pick<Store, 'messagesInLogOrder'>
  readonly epoch: string
  readonly question: BacktestQuestion
  readonly signal: AbortSignal
  /** Last sequence of the log, for progress; `onProgress` is told a share from 0 to 1. */
  readonly last: number
  readonly onProgress: (done: number) => void
}): Promise<BacktestReport> {
  const { epoch, question, last } = o
  const { detector, judgesBackfill } = question
  const types = new Set(Object.keys(detector.latenessDays))
  const parameters = await parametersAtTheEnd(o)
  const proposal = { ...parameters, ...question.parameters }
  const sides = [null, proposal].map((values) =>
    createSide(createTrial({ epoch, detector, parameters: values, judgesBackfill })),
  ) as [Side, Side]
  let events = 0
  let position = 0
  for await (const message of o.store.messagesInLogOrder({ epoch, belowSeq: last + 1, types: [...types] })) {
    o.signal.throwIfAborted()
    o.onProgress(message.seq / last)
    for (const side of sides) side.fold(message)
    if (message.kind === 'rows') events += message.events.filter(({ type }) => types.has(type)).length
    position = message.seq
  }
  const [inForce, proposed] = sides.map((side) => side.openedIn(question.fromDay, question.toDay)) as [
    readonly Opened[],
    readonly Opened[],
  ]
  return {
    detector: detector.id,
    detectorVersion: detector.version,
    from: formatDay(question.fromDay),
    to: formatDay(question.toDay),
    judgesBackfill,
    epoch,
    position,
    events,
    inForce: sideOf(inForce, parameters, question),
    proposed: sideOf(proposed, proposal, question),
    differences: differencesOf(inForce, proposed),
  }
}

/** The parameters in force behind the last message. */
async function parametersAtTheEnd(o: Parameters<typeof backtest>[0]): Promise<Numbers> {
  const { detector } = o.question
  let inForce = defaultParameters(detector)
  const follow = ({ type, data }: ControlEntry) => {
    if (type === 'yujing.parameters' && data.detector === detector.id)
      inForce = withParameters(detector, data.version, data.parameters)
  }
  for await (const message of o.store.messagesInLogOrder({ epoch: o.epoch, belowSeq: o.last + 1, types: [] }))
    if (message.kind === 'control') follow(message.entry)
  return inForce.values
}

/** An alert of a fold, and the business day of the event that opened it. */
interface Opened {
  readonly alert: StoredAlert
  readonly day: number
}

interface Side {
  fold(message: StoredMessage): void
  openedIn(fromDay: number, toDay: number): readonly Opened[]
}

function createSide(trial: Trial): Side {
  const opened = new Map<string, Opened>()
  return {
    fold(message) {
      for (const finding of trial.fold(message)) {
        const before = opened.get(finding.alertId)
        const alert = alertAfter(finding, before?.alert ?? null)
        // The judged window ends with the bin of the event.
        if (alert !== null) opened.set(alert.id, { alert, day: before?.day ?? businessDay(finding.evidence.to - 1) })
      }
    },
    openedIn: (fromDay, toDay) =>
      [...opened.values()].filter(({ alert, day }) => !alert.test && day >= fromDay && day < toDay),
  }
}

const isWithdrawn = ({ alert }: Opened) => alert.outcome === 'withdrawn'

function sideOf(all: readonly Opened[], parameters: Numbers, { fromDay, toDay }: BacktestQuestion): BacktestSide {
  const standing = all.filter((one) => !isWithdrawn(one))
  const days = countBy(standing, ({ day }) => String(day))
  const levels = countBy(standing, ({ alert }) => alert.level)
  const byDay = Array.from({ length: toDay - fromDay }, (_, n): [string, number] => [
    formatDay(fromDay + n),
    days.get(String(fromDay + n)) ?? 0,
  ])
  return {
    parameters,
    alerts: standing.length,
    withdrawn: all.length - standing.length,
    byLevel: Object.fromEntries(LEVELS.map((level) => [level, levels.get(level) ?? 0])) as Record<Level, number>,
    byCity: [...countBy(standing, ({ alert }) => alert.region.slice(0, 4))].sort((a, b) => b[1] - a[1]),
    byDay,
  }
}

function countBy(all: readonly Opened[], word: (one: Opened) => string): Map<string, number> {
  const counts = new Map<string, number>()
  for (const one of all) counts.set(word(one), (counts.get(word(one)) ?? 0) + 1)
  return counts
}

/** By key: the opening event, and with it the alert's id, moves with the threshold. */
function differencesOf(inForce: readonly Opened[], proposed: readonly Opened[]): BacktestReport['differences'] {
  const [before, after] = [casesOf(inForce), casesOf(proposed)]
  const missingIn = (one: ReadonlyMap<string, BacktestCase>, other: ReadonlyMap<string, unknown>) =>
    cut([...one.values()].filter(({ key }) => !other.has(key)))
  return {
    onlyProposed: missingIn(after, before),
    onlyInForce: missingIn(before, after),
    otherLevel: cut(
      [...before.values()].flatMap((one) => {
        const level = after.get(one.key)?.level
        return level === undefined || level === one.level ? [] : [{ ...one, proposed: level }]
      }),
    ),
  }
}

/** The last standing alert of each key. */
function casesOf(all: readonly Opened[]): Map<string, BacktestCase> {
  const cases = new Map<string, BacktestCase>()
  for (const one of all) {
    if (isWithdrawn(one)) continue
    const { subject, level, evidence, region } = one.alert
    cases.set(subject.key, { key: subject.key, day: formatDay(one.day), level, observed: evidence.observed, region })
  }
  return cases
}

function cut<T>(cases: readonly T[]): { cases: readonly T[]; more: number } {
  return { cases: cases.slice(0, MOST_CASES), more: Math.max(0, cases.length - MOST_CASES) }
}
