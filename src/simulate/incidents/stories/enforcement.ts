import type { EventData } from '../../../model/catalogue/catalogue.ts'
import { businessDay, businessDayStart, formatDay } from '../../../model/time.ts'
import type { Grievance } from '../../complaint.ts'
import type { Enterprise } from '../../population.ts'
import { complain, settle, tell } from '../deeds.ts'
import { about, decoy, incident, type Outcome, type Scene } from '../scene.ts'

const UNPAID: Grievance = { issue: 'refund', text: '公司正在注销，货款未退', amount: 8_000 }

/** PUN-01, PUN-02, INS-01, INS-02, EXT-01, EXT-02: penalties, inspections, exits. */
export const enforcementStories = {
  'penalty-dense': incident('PUN-01', 'a third penalty within a year', (scene) =>
    penalties(scene, 3, 20_000, ['fine'], 'orange'),
  ),
  'huge-fine': incident('PUN-01', 'one fine of eight hundred thousand', (scene) =>
    penalties(scene, 1, 800_000, ['fine'], 'orange'),
  ),
  'penalty-revocation': incident('PUN-01', 'the licence to trade is revoked', (scene) =>
    penalties(scene, 1, 0, ['revocation'], 'red'),
  ),
  'two-penalties': decoy('PUN-01', 'two small fines within a year', (scene) =>
    penalties(scene, 2, 3_000, ['fine'], null),
  ),
  'penalty-unsettled': incident('PUN-02', 'a fine thirty days overdue', (scene) => unsettled(scene, false)),
  'penalty-paid': decoy('PUN-02', 'a fine paid in time', (scene) => unsettled(scene, true)),
  'failed-again': incident('INS-01', 'two of the last three inspections failed', (scene) =>
    inspected(scene, ['failed', 'normal', 'failed']),
  ),
  'rectification-overdue': incident('INS-01', 'ordered to rectify, and did not by the day', (scene) =>
    rectify(scene, false),
  ),
  'rectified-in-time': decoy('INS-01', 'ordered to rectify, and did', (scene) => rectify(scene, true)),
  'residence-unreachable': incident('INS-02', 'inspectors find nobody at the registered address', (scene) =>
    unreachable(scene, 'unreachable'),
  ),
  'nothing-to-inspect': decoy('INS-02', 'inspectors find it, but not the business the plan was about', (scene) =>
    unreachable(scene, 'no-related-business'),
  ),
  'simple-exit-with-debts': incident('EXT-01', 'a simple deregistration while a complaint is open', (scene) =>
    exit(scene, true),
  ),
  'clean-exit': decoy('EXT-01', 'a simple deregistration of a firm with nothing open', (scene) => exit(scene, false)),
  'group-exit': incident('EXT-02', 'five of one person’s six firms deregister within a month', (scene) =>
    group(scene, 5),
  ),
  'two-exits': decoy('EXT-02', 'two of them do', (scene) => group(scene, 2)),
} as const

type Measures = EventData<'penalty.imposed'>['measures']

function penalise(
  scene: Scene,
  time: number,
  firm: Enterprise,
  decision: string,
  fine: number,
  measures: Measures,
): void {
  tell(scene, time, 'enforcement', 'penalty.imposed', firm, {
    decision,
    authority: '某区市场监管局',
    domain: '产品质量',
    measures,
    ...(fine > 0 && { fine }),
    due: formatDay(businessDay(time) + 15),
  })
}

function penalties(
  scene: Scene,
  count: number,
  fine: number,
  measures: Measures,
  level: Outcome['level'],
): Outcome | null {
  const firm = scene.reserve()
  if (firm === null) return null
  const [now = scene.burst] = scene.times(1)
  for (let number = 1; number <= count; number++) {
    const time = number === count ? now : scene.ago(100 * (count - number))
    const decision = `罚〔${number}〕${firm.code.slice(-6)}`
    penalise(scene, time, firm, decision, fine, measures)
    if (time < now)
      tell(scene, scene.ago(100 * (count - number) - 14), 'enforcement', 'penalty.settled', firm, { decision })
  }
  return about(firm, level, level === null ? null : now)
}

function unsettled(scene: Scene, paid: boolean): Outcome | null {
  const firm = scene.reserve()
  if (firm === null) return null
  const decision = `罚〔9〕${firm.code.slice(-6)}`
  const imposed = scene.ago(45)
  penalise(scene, imposed, firm, decision, 8_000, ['fine'])
  if (paid) tell(scene, scene.ago(36), 'enforcement', 'penalty.settled', firm, { decision })
  const trips = businessDayStart(businessDay(imposed) + 15 + 31)
  return about(firm, paid ? null : 'yellow', paid ? null : trips)
}

function inspected(scene: Scene, results: readonly ('failed' | 'normal')[]): Outcome | null {
  const firm = scene.reserve()
  if (firm === null) return null
  const [now = scene.burst] = scene.times(1)
  const last = results.length - 1
  for (const [number, result] of results.entries()) {
    const time = number === last ? now : scene.ago(90 * (last - number))
    tell(scene, time, 'inspection', 'inspection.completed', firm, { plan: `SSJ-${number}`, kind: 'targeted', result })
  }
  return about(firm, 'orange', now)
}

function rectify(scene: Scene, done: boolean): Outcome | null {
  const firm = scene.reserve()
  if (firm === null) return null
  const ordered = scene.ago(20)
  const by = businessDay(scene.burst)
  tell(scene, ordered, 'inspection', 'inspection.completed', firm, {
    plan: 'SSJ-31',
    kind: 'targeted',
    result: 'rectify',
    rectifyBy: formatDay(by),
  })
  if (done) tell(scene, scene.ago(5), 'inspection', 'inspection.rectified', firm, { plan: 'SSJ-31' })
  return about(firm, done ? null : 'orange', done ? null : businessDayStart(by + 1))
}

function unreachable(scene: Scene, result: 'unreachable' | 'no-related-business'): Outcome | null {
  const firm = scene.reserve(({ line }) => !line.prepaid)
  if (firm === null) return null
  const [now = scene.burst] = scene.times(1)
  tell(scene, now, 'inspection', 'inspection.completed', firm, { plan: 'SSJ-118', kind: 'random', result })
  const found = result !== 'unreachable'
  return about(firm, found ? null : 'yellow', found ? null : now)
}

function exit(scene: Scene, open: boolean): Outcome | null {
  const firm = scene.reserve()
  if (firm === null) return null
  const [now = scene.burst] = scene.times(1)
  if (open) complain(scene, scene.ago(12), firm, UNPAID)
  const until = formatDay(businessDay(now) + 20)
  tell(scene, now, 'registry', 'enterprise.deregistration-announced', firm, { kind: 'simple', until })
  return { ...about(firm, open ? 'orange' : null, open ? now : null), peak: now + 20 * 86_400_000 }
}

function group(scene: Scene, leaving: number): Outcome {
  const owner = scene.stranger()
  const firms = [900, 850, 800, 700, 650, 600].map((days, number) =>
    settle(scene, scene.ago(days), scene.newcomer(number), { legalRepresentative: owner }),
  )
  const [now = scene.burst] = scene.times(1)
  for (let number = 0; number < leaving; number++) {
    const time = number === leaving - 1 ? now : scene.ago(4 * (leaving - 1 - number))
    const firm = firms[number] as Enterprise
    tell(scene, time, 'registry', 'enterprise.deregistered', firm, { reason: '股东决定解散' })
  }
  return {
    key: { kind: 'person', key: owner.idNumber },
    name: owner.name,
    region: firms[0]?.region ?? '',
    enterprises: firms.map(({ code }) => code),
    level: leaving >= 5 ? 'yellow' : null,
    trips: leaving >= 5 ? now : null,
  }
}
