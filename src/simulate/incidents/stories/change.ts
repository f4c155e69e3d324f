import type { EventData } from '../../../model/catalogue/catalogue.ts'
import { businessDay, formatDay } from '../../../model/time.ts'
import { yearOf } from '../../calendar.ts'
import type { Grievance } from '../../complaint.ts'
import type { Enterprise } from '../../population.ts'
import { change, complain, complainAndClose, founderOf, represent, roomOf, settle, tell } from '../deeds.ts'
import { about, decoy, incident, type Outcome, type Scene } from '../scene.ts'

const REFUND: Grievance = { issue: 'refund', text: '门店更换负责人后拒绝退还卡内余额', amount: 1_980 }
const LICENSED = '危险化学品经营（许可项目）'
const GENERAL = '会议及展览服务'

/** CHG-01 to CHG-09: what changes, how often, and what comes with it. */
export const changeStories = {
  'revolving-representative': incident(
    'CHG-01',
    'three representatives within a year, the last two within half of one',
    (scene) => successors(scene, [300, 80], 'orange'),
  ),
  'second-representative': incident('CHG-01', 'two changes of representative within half a year', (scene) =>
    successors(scene, [100], 'yellow'),
  ),
  succession: decoy('CHG-01', 'two changes of representative eight months apart', (scene) =>
    successors(scene, [240], null),
  ),
  'wandering-address': incident('CHG-02', 'two removals within half a year', (scene) =>
    removals(scene, [90], true, 'yellow'),
  ),
  'respelt-address': decoy('CHG-02', 'a removal, and then the same room written another way', (scene) =>
    removals(scene, [90], false, null),
  ),
  'licensed-scope': incident('CHG-03', 'a trading firm adds dangerous goods to its scope', (scene) =>
    scope(scene, LICENSED),
  ),
  'general-scope': decoy('CHG-03', 'a firm adds conferences to its scope', (scene) => scope(scene, GENERAL)),
  'triple-change': incident('CHG-04', 'representative, shareholders and address change within a week', (scene) =>
    triple(scene, [3, 2], 'orange'),
  ),
  'slow-triple': decoy('CHG-04', 'the same three changes within two months', (scene) => triple(scene, [50, 25], null)),
  'professional-closer': incident(
    'CHG-05',
    'a gym gets a representative of sixty-eight; then refunds are refused',
    (scene) => closing(scene, 68, 4, 'red'),
    { harmDays: 10, lasts: 90 },
  ),
  'honest-heir': decoy('CHG-05', 'a gym gets a representative of forty, and nobody complains', (scene) =>
    closing(scene, 40, 0, null),
  ),
  'capital-cut': incident('CHG-06', 'nine tenths of the capital are cut while complaints are open', (scene) =>
    cut(scene, false, 'orange'),
  ),
  'clean-cut': decoy('CHG-06', 'the same cut after every complaint was settled', (scene) => cut(scene, true, null)),
  'change-then-freeze': incident(
    'CHG-07',
    'two thirds of the equity are frozen ten days after a new representative',
    (scene) => freeze(scene, 0.66, 'yellow'),
  ),
  'small-freeze': decoy('CHG-07', 'a fifth of it', (scene) => freeze(scene, 0.2, null)),
  'abnormal-transfer': incident(
    'CHG-08',
    'all shares go to somebody who has three firms on the abnormal list',
    (scene) => transfer(scene, true, 'orange'),
  ),
  'sound-transfer': decoy('CHG-08', 'all shares go to somebody whose three firms are in order', (scene) =>
    transfer(scene, false, null),
  ),
  'serial-taker': incident('CHG-09', 'one person becomes representative of three unrelated firms', (scene) =>
    takes(scene, 3, 'red'),
  ),
  'second-firm': decoy('CHG-09', 'one person becomes representative of two', (scene) => takes(scene, 2, null)),
} as const

function successors(scene: Scene, past: readonly number[], level: 'yellow' | 'orange' | null): Outcome | null {
  const firm = scene.reserve()
  if (firm === null) return null
  const [now = scene.burst] = scene.times(1)
  const times = [...past.map((days) => scene.ago(days)), now]
  let before = founderOf(scene, firm)
  for (const time of times) {
    const after = scene.stranger()
    change(scene, time, firm, represent(before, after))
    before = after
  }
  return about(firm, level, level === null ? null : now)
}

function removals(scene: Scene, past: readonly number[], truly: boolean, level: 'yellow' | null): Outcome | null {
  const firm = scene.reserve()
  if (firm === null) return null
  const [now = scene.burst] = scene.times(1)
  let before = roomOf(scene, firm, 0)
  for (const [number, time] of [...past.map((days) => scene.ago(days)), now].entries()) {
    const respelt = !truly && number > 0
    const after = respelt ? `${before}（自主申报）` : roomOf(scene, firm, number + 1)
    change(scene, time, firm, { field: 'address', before, after })
    before = after
  }
  return about(firm, level, level === null ? null : now)
}

function scope(scene: Scene, added: string): Outcome | null {
  const firm = scene.reserve()
  if (firm === null) return null
  const [time = scene.burst] = scene.times(1)
  const before = firm.line.scope
  change(scene, time, firm, { field: 'scope', before, after: `${before}；${added}` })
  return about(firm, added === LICENSED ? 'yellow' : null, added === LICENSED ? time : null)
}

/** Shareholders first, then the representative, the address last. */
function triple(scene: Scene, past: readonly [number, number], level: 'orange' | null): Outcome | null {
  const firm = scene.reserve()
  if (firm === null) return null
  const [time = scene.burst] = scene.times(1)
  const founder = founderOf(scene, firm)
  const taker = scene.stranger()
  const shares = (holder: typeof founder) => [{ holder, ratio: 1 }]
  change(scene, scene.ago(past[0]), firm, { field: 'shareholders', before: shares(founder), after: shares(taker) })
  change(scene, scene.ago(past[1]), firm, represent(founder, taker))
  change(scene, time, firm, { field: 'address', before: roomOf(scene, firm, 0), after: roomOf(scene, firm, 1) })
  return about(firm, level, level === null ? null : time)
}

function closing(scene: Scene, age: number, complaints: number, level: 'red' | null): Outcome | null {
  const firm = scene.reserve(({ line }) => line.prepaid)
  if (firm === null) return null
  const [first = scene.burst, ...rest] = scene.times(complaints + 1)
  const born = yearOf(businessDay(first)) - age
  change(scene, first, firm, represent(founderOf(scene, firm), scene.stranger(born)))
  for (const time of rest) complain(scene, time, firm, REFUND)
  return { ...about(firm, level, level === null ? null : rest[2]), also: ['PRE-01'] }
}

function cut(scene: Scene, settled: boolean, level: 'orange' | null): Outcome | null {
  const firm = scene.reserve(({ line }) => line.complaints > 0.3)
  if (firm === null) return null
  const [time = scene.burst] = scene.times(1)
  for (const days of [20, 12]) {
    if (settled) complainAndClose(scene, scene.ago(days), scene.ago(days - 8), firm, REFUND, 'settled')
    else complain(scene, scene.ago(days), firm, REFUND)
  }
  const capital = firm.capital / 10
  tell(scene, time, 'registry', 'capital-reduction.announced', firm, {
    capital,
    until: formatDay(businessDay(time) + 45),
  })
  return about(firm, level, level === null ? null : time)
}

function freeze(scene: Scene, ratio: number, level: 'yellow' | null): Outcome | null {
  const firm = scene.reserve()
  if (firm === null) return null
  const [time = scene.burst] = scene.times(1)
  const taker = scene.stranger()
  change(scene, scene.ago(10), firm, represent(founderOf(scene, firm), taker))
  tell(scene, time, 'registry', 'equity.frozen', firm, { ratio, holder: taker })
  return about(firm, level, level === null ? null : time)
}

function transfer(scene: Scene, listed: boolean, level: 'orange' | null): Outcome | null {
  const firm = scene.reserve()
  if (firm === null) return null
  const [time = scene.burst] = scene.times(1)
  const taker = scene.stranger()
  const others = [500, 480, 450].map((days, number) =>
    settle(scene, scene.ago(days), scene.newcomer(number), { legalRepresentative: taker }),
  )
  if (listed) {
    for (const [number, other] of others.entries()) {
      tell(scene, scene.ago(100 + number), 'credit', 'abnormal-list.entered', other, { reason: 'unreachable' })
    }
  }
  const holders = (holder: EventData<'equity.frozen'>['holder']) => [{ holder, ratio: 1 }]
  const before = holders(founderOf(scene, firm))
  change(scene, time, firm, { field: 'shareholders', before, after: holders(taker) })
  return about(firm, level, level === null ? null : time)
}

function takes(scene: Scene, count: number, level: 'red' | null): Outcome | null {
  const taker = scene.stranger()
  const firms: Enterprise[] = []
  for (let number = 0; number < count; number++) {
    const firm = scene.reserve()
    if (firm === null) return null
    firms.push(firm)
  }
  const [now = scene.burst] = scene.times(1)
  const times = firms.map((_, number) => (number === count - 1 ? now : scene.ago(20 * (count - 1 - number))))
  for (const [number, firm] of firms.entries()) {
    change(scene, times[number] ?? now, firm, represent(founderOf(scene, firm), taker))
  }
  return {
    key: { kind: 'person', key: taker.idNumber },
    name: taker.name,
    region: firms[0]?.region ?? '',
    enterprises: firms.map(({ code }) => code),
    level,
    trips: level === null ? null : now,
  }
}
