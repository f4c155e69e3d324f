import type { EventData } from '../../../model/catalogue/catalogue.ts'
import { businessDay, businessDayStart, formatDay } from '../../../model/time.ts'
import type { Grievance } from '../../complaint.ts'
import type { Enterprise } from '../../population.ts'
import { complain, inLine, lineOf, settle, tell } from '../deeds.ts'
import { about, decoy, incident, type Outcome, type Scene } from '../scene.ts'

type Sample = EventData<'sampling.completed'>
type Item = NonNullable<Sample['items']>[number]
const PROHIBITED: Item = { name: '克伦特罗', value: 1.2, limit: '不得检出', hazard: 'prohibited' }
const RESIDUE: Item = { name: '毒死蜱', value: 0.31, limit: 0.05, hazard: 'other' }
const RESISTANCE: Item = { name: '导体电阻', value: 21.3, limit: 19.5, hazard: 'other' }
const SICK: Grievance = { issue: 'food-safety', text: '孩子在校就餐后呕吐', amount: 100 }
const STALE: Grievance = { issue: 'food-safety', text: '学校食堂饭菜变质', amount: 50 }
const FOOD: Grievance = { issue: 'food-safety', text: '购买的食品有异味', amount: 40 }
const MEAL_PERMIT = '食品经营许可'

/** FOO-01 to FOO-03, LIC-01, DRU-01, PRO-01: food, drugs, products and the licences they need. */
export const safetyStories = {
  'prohibited-substance': incident(
    'FOO-01',
    'a banned substance in a sample of meat',
    (scene) => sampled(scene, [PROHIBITED], 'none', 'red'),
    {
      harmDays: 5,
    },
  ),
  'two-failed-samples': incident('FOO-01', 'a second failed sample within half a year', (scene) =>
    sampled(scene, [RESIDUE, RESIDUE], 'none', 'orange'),
  ),
  'failed-sample': incident('FOO-01', 'one failed sample', (scene) => sampled(scene, [RESIDUE], 'none', 'yellow')),
  'upheld-objection': decoy('FOO-01', 'a failed sample whose objection was upheld', (scene) =>
    sampled(scene, [RESIDUE], 'upheld', null),
  ),
  'catering-mismatch': incident('FOO-02', 'a kitchen on a delivery platform without a licence', (scene) =>
    platform(scene, 'unlicensed', 'orange'),
  ),
  'platform-label': decoy('FOO-02', 'a kitchen on a platform that forgot a price label', (scene) =>
    platform(scene, 'price-label', null),
  ),
  'canteen-illness': incident(
    'FOO-03',
    'two pupils fall ill after lunch',
    (scene) => canteen(scene, SICK, true, 'red'),
    {
      harmDays: 1,
    },
  ),
  'canteen-complaints': incident('FOO-03', 'parents of two pupils complain of a canteen', (scene) =>
    canteen(scene, STALE, false, 'orange'),
  ),
  'canteen-offline': incident('FOO-03', 'the kitchen’s camera is off for four school days', (scene) =>
    offline(scene, 4, 'yellow'),
  ),
  'canteen-repaired': decoy('FOO-03', 'the kitchen’s camera is off for a day', (scene) => offline(scene, 1, null)),
  'expired-and-active': incident('LIC-01', 'a restaurant whose licence ran out is still complained of', (scene) =>
    licence(scene, false),
  ),
  'renewed-licence': decoy('LIC-01', 'a restaurant that renewed in time is', (scene) => licence(scene, true)),
  'recall-unfinished': incident('DRU-01', 'a pharmacy that has not finished a recall after thirty days', (scene) =>
    recall(scene, false),
  ),
  'recall-finished': decoy('DRU-01', 'a pharmacy that has', (scene) => recall(scene, true)),
  'goods-failed-twice': incident('PRO-01', 'a producer’s second failed sample within a year', (scene) =>
    goods(scene, 2, 'orange'),
  ),
  'goods-failed-once': decoy('PRO-01', 'a producer’s first', (scene) => goods(scene, 1, null)),
} as const

function sample(scene: Scene, time: number, who: Enterprise, item: Item, more: Partial<Sample> = {}): void {
  tell(scene, time, 'sampling', 'sampling.completed', who, {
    product: '猪肉',
    category: '食用农产品',
    batch: `B${Math.floor(time / 1_000)}`,
    role: 'sampled',
    result: 'fail',
    items: [item],
    ...more,
  })
}

function sampled(
  scene: Scene,
  items: readonly Item[],
  objection: NonNullable<Sample['objection']>,
  level: Outcome['level'],
): Outcome | null {
  const shop = scene.reserve(({ line }) => line.food && !line.producer)
  if (shop === null) return null
  const [now = scene.burst] = scene.times(1)
  for (const [number, item] of items.entries()) {
    const last = number === items.length - 1
    sample(scene, last ? now : scene.ago(90), shop, item, { objection })
  }
  const first = items.length > 1 ? scene.ago(90) : now
  // The first failed sample trips already; the second raises the level.
  return about(shop, level, level === null ? null : Math.min(first, now))
}

function platform(scene: Scene, issue: string, level: 'orange' | null): Outcome | null {
  const kitchen = scene.reserve(({ code, line }) => code !== '' && line.code.startsWith('62'))
  if (kitchen === null) return null
  const [now = scene.burst] = scene.times(1)
  tell(scene, now, 'monitoring', 'trade.violated', kitchen, { issue, platform: '某外卖平台' })
  return about(kitchen, level, level === null ? null : now)
}

/** A school canteen of its own, with a licence for it. */
function openCanteen(scene: Scene): Enterprise {
  const canteen = settle(scene, scene.ago(800), inLine(scene.newcomer(0), lineOf('8321')))
  tell(scene, scene.ago(780), 'licence', 'licence.granted', canteen, {
    number: `JY${canteen.code}`,
    kind: '食品经营许可（学校食堂）',
    validUntil: formatDay(businessDay(scene.burst) + 900),
  })
  return canteen
}

function canteen(scene: Scene, grievance: Grievance, injury: boolean, level: 'red' | 'orange'): Outcome {
  const school = openCanteen(scene)
  const times = scene.times(2)
  for (const time of times) complain(scene, time, school, grievance, injury ? { injury } : {})
  return about(school, level, times[1])
}

function offline(scene: Scene, days: number, level: 'yellow' | null): Outcome {
  const school = openCanteen(scene)
  const restored = level === null ? scene.ago(1) : scene.on(6)
  const off = businessDay(scene.ago(days + 1))
  tell(scene, scene.ago(days + 1), 'monitoring', 'monitoring.offline', school, { platform: '明厨亮灶' })
  tell(scene, restored, 'monitoring', 'monitoring.restored', school, { platform: '明厨亮灶' })
  return about(school, level, level === null ? null : businessDayStart(schoolDaysLater(off, 3)))
}

/** The first day after so many school days (Monday to Friday) have passed from the one after `day` on. */
function schoolDaysLater(day: number, count: number): number {
  let at = day
  for (let left = count; left > 0; ) {
    at++
    if ((at + 3) % 7 < 5) left--
  }
  return at + 1
}

function licence(scene: Scene, renewed: boolean): Outcome | null {
  const kitchen = scene.reserve(({ line }) => line.code.startsWith('62'))
  if (kitchen === null) return null
  const [now = scene.burst] = scene.times(1)
  const number = `JY${kitchen.code}`
  const expires = formatDay(businessDay(scene.ago(40)))
  tell(scene, scene.ago(700), 'licence', 'licence.granted', kitchen, { number, kind: MEAL_PERMIT, validUntil: expires })
  if (renewed) {
    const validUntil = formatDay(businessDay(now) + 1_700)
    tell(scene, scene.ago(60), 'licence', 'licence.renewed', kitchen, { number, kind: MEAL_PERMIT, validUntil })
  }
  complain(scene, now, kitchen, FOOD)
  const trips = businessDayStart(businessDay(scene.ago(40)) + 1)
  return about(kitchen, renewed ? null : 'red', renewed ? null : trips)
}

function recall(scene: Scene, finished: boolean): Outcome | null {
  const pharmacy = scene.reserve(({ line }) => line.code === '5251')
  if (pharmacy === null) return null
  const announced = scene.ago(30)
  const product = { product: '某牌感冒颗粒', batches: ['20260101'] }
  tell(scene, announced, 'sampling', 'recall.announced', pharmacy, product)
  if (finished) tell(scene, scene.ago(8), 'sampling', 'recall.completed', pharmacy, product)
  const trips = businessDayStart(businessDay(announced) + 31)
  return about(pharmacy, finished ? null : 'orange', finished ? null : trips)
}

function goods(scene: Scene, failures: number, level: 'orange' | null): Outcome | null {
  const producer = scene.reserve(({ line }) => line.producer && !line.food)
  if (producer === null) return null
  const [now = scene.burst] = scene.times(1)
  const more = { product: '电线电缆', category: '工业产品', role: 'producer' } as const
  if (failures > 1) sample(scene, scene.ago(200), producer, RESISTANCE, more)
  sample(scene, now, producer, RESISTANCE, more)
  return about(producer, level, level === null ? null : now)
}
