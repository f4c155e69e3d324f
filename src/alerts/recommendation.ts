import type { StoredAlert } from '../model/alert.ts'
import { type Bilingual, type Level, MEASURES, type Measure } from '../model/level.ts'
import type { PastAlert } from '../model/past-alert.ts'
import { type EarlierAlerts, MEMORY_DAYS } from './earlier-alerts.ts'
import { type LineOfWork, lineOfWork } from './lines-of-work.ts'

/** How many earlier alerts of the same detector that stood make the next one a repetition. A default of ours. */
const REPETITION = 2

/**
 * One rule of the ladder: looks at the facts, says where to stand on the ladder of the line, and names the fact.
 * Null: the rule has nothing to say.
 */
type Rule = (facts: Facts) => { readonly measure: Measure; readonly because: Bilingual } | null

interface Facts {
  readonly alert: StoredAlert
  readonly earlier: readonly PastAlert[]
  readonly ladder: readonly Measure[]
  /** What the rules before this one came to. */
  readonly measure: Measure
}

/**
 * The ladder, read from the top: begin with the line's first answer at this level, and go up for each fact that asks for
 * more. It ends at the line's last rung; nothing brings the answer down (that is an officer's judgement).
 *
 *     an equal or graver measure is on record      ->  one rung above that measure
 *     an earlier alert was confirmed               ->  one rung up
 *     it is the third of the same detector or more ->  one rung up
 */
const LADDER: readonly Rule[] = [aboveWhatWasTried, upWhenConfirmed, upWhenRepeated]

/** What to do about an alert, with the tasks beside it and the reasons, each of which names its fact. */
export function recommendation(alert: StoredAlert, earlier: EarlierAlerts): StoredAlert['recommendation'] {
  const line: Pick<LineOfWork, 'ladder' | 'firstMeasure' | 'tasks'> = lineOfWork(alert.code)
  const first = line.firstMeasure[alert.level]
  const tasks = line.tasks[alert.level]
  const because: Bilingual[] = [firstAnswer(alert, first)]
  if (alert.historic) because.push(LONG_AGO)
  if (first === null) return { measure: null, tasks, because }
  let measure = first
  for (const rule of LADDER) {
    const spoken = rule({ alert, earlier: earlier.ofSubject, ladder: line.ladder, measure })
    if (spoken === null) continue
    measure = spoken.measure
    because.push(spoken.because)
  }
  if (earlier.ofSubject.length === 0) because.push(FIRST_OF_SUBJECT)
  return { measure, tasks, because }
}

function firstAnswer({ level, title, code }: StoredAlert, measure: Measure | null): Bilingual {
  const answer = measure === null ? { zh: '先作研判', en: 'to analyse first' } : MEASURE_NAMES[measure]
  return {
    zh: `${title.zh}（${code}）达到${LEVEL_NAMES[level].zh}级，首选处置为${answer.zh}。`,
    en: `${title.en} (${code}) at level ${LEVEL_NAMES[level].en}: the first answer is ${answer.en}.`,
  }
}

function aboveWhatWasTried({ alert, earlier, ladder, measure }: Facts): ReturnType<Rule> {
  const gravest = MEASURES.findLast((one) => [alert, ...earlier].some(({ measures }) => measures.includes(one)))
  if (gravest === undefined || MEASURES.indexOf(gravest) < MEASURES.indexOf(measure)) return null
  return {
    measure: rungAbove(ladder, gravest),
    because: {
      zh: `近${MEMORY_DAYS}天已对其采取过${MEASURE_NAMES[gravest].zh}，问题再次出现。`,
      en: `Within ${MEMORY_DAYS} days ${MEASURE_NAMES[gravest].en} is on record, and the matter has come back.`,
    },
  }
}

function upWhenConfirmed({ earlier, ladder, measure }: Facts): ReturnType<Rule> {
  const confirmed = earlier.filter(({ outcome }) => outcome === 'confirmed' || outcome === 'partly').length
  if (confirmed === 0) return null
  return {
    measure: rungAbove(ladder, measure),
    because: {
      zh: `近${MEMORY_DAYS}天有${confirmed}条预警经核查属实。`,
      en: `Of its alerts within ${MEMORY_DAYS} days, ${confirmed} ${confirmed === 1 ? 'was' : 'were'} confirmed.`,
    },
  }
}

function upWhenRepeated({ alert, earlier, ladder, measure }: Facts): ReturnType<Rule> {
  const stood = earlier.filter(
    (other) => other.detector === alert.detector && other.status !== 'dismissed' && other.outcome !== 'false-alarm',
  ).length
  if (stood < REPETITION) return null
  return {
    measure: rungAbove(ladder, measure),
    because: {
      zh: `近${MEMORY_DAYS}天同类预警已有${stood}条，本次为再次发生。`,
      en: `Within ${MEMORY_DAYS} days ${stood} alerts of this kind came before this one.`,
    },
  }
}

/** The mildest measure of the ladder that is graver than the one given; the last rung when there is none. */
function rungAbove(ladder: readonly Measure[], measure: Measure): Measure {
  const graver = ladder.find((rung) => MEASURES.indexOf(rung) > MEASURES.indexOf(measure))
  return graver ?? ladder.at(-1) ?? measure
}

const FIRST_OF_SUBJECT: Bilingual = {
  zh: `近${MEMORY_DAYS}天没有其他预警。`,
  en: `It has no other alert within ${MEMORY_DAYS} days.`,
}

const LONG_AGO: Bilingual = {
  zh: '相关事件距预警产生已超过30天，处置前请先核实现状。',
  en: 'Its events were more than 30 days old when the alert opened: find out how things stand before acting.',
}

const LEVEL_NAMES: Readonly<Record<Level, Bilingual>> = {
  red: { zh: '红', en: 'red' },
  orange: { zh: '橙', en: 'orange' },
  yellow: { zh: '黄', en: 'yellow' },
  blue: { zh: '蓝', en: 'blue' },
}

const MEASURE_NAMES: Readonly<Record<Measure, Bilingual>> = {
  reminder: { zh: '提醒', en: 'a reminder' },
  warning: { zh: '警示', en: 'a warning' },
  interview: { zh: '约谈', en: 'an interview' },
  inspection: { zh: '检查', en: 'an inspection' },
}
