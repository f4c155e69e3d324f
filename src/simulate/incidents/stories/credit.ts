import { businessDay, businessDayStart } from '../../../model/time.ts'
import { dateOf, dayOf, yearOf } from '../../calendar.ts'
import type { Enterprise } from '../../population.ts'
import { change, settle, tell } from '../deeds.ts'
import { about, decoy, incident, type Outcome, type Scene } from '../scene.ts'

/** 31 May: thirty days before the annual report is due. */
const firstReminder = (wished: number) => {
  const day = dayOf(yearOf(wished), 5, 31)
  return day >= wished ? day : dayOf(yearOf(wished) + 1, 5, 31)
}
/** A day of August to December, when the batch of July is over. */
const afterJuly = (wished: number) => (dateOf(wished).month > 7 ? wished : dayOf(yearOf(wished), 8, 3))

/** ANN-01 to ANN-04, LST-01 to LST-03, CLS-01: reports, lists and what follows from them. */
export const creditStories = {
  'report-due': incident(
    'ANN-01',
    'a training school has not filed a month before the end of June; files in the last week',
    (scene) => report(scene, 12, 'blue'),
    { day: firstReminder, harmDays: 30 },
  ),
  'report-filed': decoy('ANN-01', 'a training school filed in spring', (scene) => report(scene, -60, null), {
    day: firstReminder,
  }),
  'missed-twice': incident(
    'ANN-02',
    'listed for unfiled reports two years running, and not to be found at its address',
    (scene) => missed(scene, 2, 'orange'),
    { day: afterJuly },
  ),
  'missed-once': decoy('ANN-02', 'listed for one year, and not to be found', (scene) => missed(scene, 1, null), {
    day: afterJuly,
  }),
  'report-jump': incident('ANN-03', 'assets and revenue ten times those of last year', (scene) =>
    jump(scene, 10, 'yellow'),
  ),
  'report-growth': decoy('ANN-03', 'assets and revenue half as much again', (scene) => jump(scene, 1.5, null)),
  zombie: incident('ANN-04', 'no tax, nobody insured, no change for half a year', (scene) => quiet(scene, false)),
  sleeper: decoy('ANN-04', 'no tax and nobody insured, but it has just changed its address', (scene) =>
    quiet(scene, true),
  ),
  'listed-twice-over': incident('LST-01', 'on the abnormal list for two reasons', (scene) =>
    listed(scene, 'unreachable'),
  ),
  'listed-once': decoy('LST-01', 'on the abnormal list for its first unfiled report alone', (scene) =>
    listed(scene, null),
  ),
  'serious-violation': incident('LST-02', 'put on the serious-violation list', (scene) => serious(scene, 'red')),
  'judgment-food': incident('LST-02', 'a restaurant that does not pay what a court said', (scene) =>
    serious(scene, 'orange'),
  ),
  'serious-left': decoy('LST-02', 'taken off the serious-violation list', (scene) => serious(scene, null)),
  contagion: incident('LST-03', 'two sister firms of one person are put on the serious list within a month', (scene) =>
    sisters(scene, 2, 'orange'),
  ),
  'one-sister': decoy('LST-03', 'one sister firm is', (scene) => sisters(scene, 1, null)),
  'class-jump': incident(
    'CLS-01',
    'nothing was ever wrong; now it is on the serious-violation list, so class D next month',
    (scene) => classJump(scene, true),
    { harmDays: 60 },
  ),
  'class-steady': decoy('CLS-01', 'listed for its first unfiled report, which explains the worse class', (scene) =>
    classJump(scene, false),
  ),
} as const

const violation = { reason: '提供虚假材料取得许可', decision: '晋市监列严〔2026〕9号' }

function report(scene: Scene, filedAfter: number, level: 'blue' | null): Outcome | null {
  const school = scene.reserve(({ line }) => line.prepaid)
  if (school === null) return null
  const year = yearOf(businessDay(scene.burst)) - 1
  const time = filedAfter > 0 ? scene.on(filedAfter) : scene.ago(-filedAfter)
  tell(scene, time, 'credit', 'annual-report.filed', school, { year, assets: 300_000, revenue: 200_000, employees: 6 })
  const trips = businessDayStart(businessDay(scene.burst))
  return about(school, level, level === null ? null : trips)
}

function missed(scene: Scene, years: number, level: 'orange' | null): Outcome | null {
  const firm = scene.reserve()
  if (firm === null) return null
  const day = businessDay(scene.burst)
  for (let back = years - 1; back >= 0; back--) {
    const july = day - dayOf(yearOf(day) - back, 7, 3)
    tell(scene, scene.ago(july), 'credit', 'abnormal-list.entered', firm, { reason: 'no-annual-report' })
  }
  const [time = scene.burst] = scene.times(1)
  tell(scene, time, 'inspection', 'inspection.completed', firm, {
    plan: 'SSJ-118',
    kind: 'random',
    result: 'unreachable',
  })
  return { ...about(firm, level, level === null ? null : time), also: ['INS-02'] }
}

function jump(scene: Scene, factor: number, level: 'yellow' | null): Outcome | null {
  const firm = scene.reserve()
  if (firm === null) return null
  const [time = scene.burst] = scene.times(1)
  const year = yearOf(businessDay(time)) - 1
  const common = { employees: 12, insured: 10 }
  const [assets, revenue] = [4_000_000, 3_000_000]
  tell(scene, scene.ago(365), 'credit', 'annual-report.filed', firm, { year: year - 1, assets, revenue, ...common })
  const now = { year, assets: assets * factor, revenue: revenue * factor, ...common }
  tell(scene, time, 'credit', 'annual-report.filed', firm, now)
  return about(firm, level, level === null ? null : time)
}

function quiet(scene: Scene, changed: boolean): Outcome | null {
  const firm = scene.reserve()
  if (firm === null) return null
  const [time = scene.burst] = scene.times(1)
  for (let month = 6; month >= 1; month--) {
    tell(scene, scene.ago(month * 30 + 12), 'insurance', 'insurance.reported', firm, { insured: 0 })
    tell(scene, scene.ago(month * 30 + 10), 'tax', 'tax.reported', firm, { status: 'none' })
  }
  if (changed) change(scene, scene.ago(40), firm, { field: 'capital', before: firm.capital, after: firm.capital * 2 })
  tell(scene, time, 'tax', 'tax.reported', firm, { status: 'none' })
  const trips = businessDayStart(businessDay(scene.ago(190)) + 180)
  return about(firm, changed ? null : 'yellow', changed ? null : trips)
}

function listed(scene: Scene, second: 'unreachable' | null): Outcome | null {
  const firm = scene.reserve()
  if (firm === null) return null
  const [time = scene.burst] = scene.times(1)
  if (second !== null) {
    tell(scene, scene.ago(200), 'credit', 'abnormal-list.entered', firm, { reason: 'undisclosed' })
    tell(scene, time, 'credit', 'abnormal-list.entered', firm, { reason: second })
  } else tell(scene, time, 'credit', 'abnormal-list.entered', firm, { reason: 'no-annual-report' })
  return about(firm, second === null ? null : 'orange', second === null ? null : time)
}

function serious(scene: Scene, level: 'red' | 'orange' | null): Outcome | null {
  const firm = scene.reserve(({ line }) => level !== 'orange' || line.food)
  if (firm === null) return null
  const [time = scene.burst] = scene.times(1)
  if (level === 'red') tell(scene, time, 'credit', 'serious-violation-list.entered', firm, violation)
  else if (level === 'orange') tell(scene, time, 'court', 'judgment.defaulted', firm, { case: '(2026)晋执9号' })
  else tell(scene, time, 'credit', 'serious-violation-list.left', firm, violation)
  return about(firm, level, level === null ? null : time)
}

function sisters(scene: Scene, bad: number, level: 'orange' | null): Outcome {
  const owner = scene.stranger()
  const firms: Enterprise[] = [700, 600, 500, 400].map((days, number) =>
    settle(scene, scene.ago(days), scene.newcomer(number), {
      legalRepresentative: owner,
      shareholders: [{ holder: owner, ratio: 1 }],
    }),
  )
  const [now = scene.burst] = scene.times(1)
  const times = bad === 2 ? [scene.ago(15), now] : [now]
  for (const [number, time] of times.entries()) {
    tell(scene, time, 'credit', 'serious-violation-list.entered', firms[number] as Enterprise, violation)
  }
  const healthy = firms[3] as Enterprise
  const outcome = about(healthy, level, level === null ? null : now)
  return { ...outcome, enterprises: firms.map(({ code }) => code), also: ['LST-02'] }
}

function classJump(scene: Scene, bad: boolean): Outcome | null {
  const firm = scene.reserve()
  if (firm === null) return null
  const [time = scene.burst] = scene.times(1)
  tell(scene, scene.ago(120), 'inspection', 'inspection.completed', firm, {
    plan: 'SSJ-7',
    kind: 'random',
    result: 'normal',
  })
  if (bad) tell(scene, time, 'credit', 'serious-violation-list.entered', firm, violation)
  else tell(scene, time, 'credit', 'abnormal-list.entered', firm, { reason: 'no-annual-report' })
  const day = businessDay(time)
  const nextMonth = businessDayStart(day - dateOf(day).date + 1 + daysOfMonth(day))
  return { ...about(firm, bad ? 'red' : null, bad ? nextMonth : null), also: ['LST-02'] }
}

function daysOfMonth(day: number): number {
  const { month } = dateOf(day)
  return dayOf(yearOf(day), month + 1, 1) - dayOf(yearOf(day), month, 1)
}
