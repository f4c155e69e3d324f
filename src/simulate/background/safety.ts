import type { EventData } from '../../model/catalogue/catalogue.ts'
import { businessDay, formatDay } from '../../model/time.ts'
import { draft, type Happening } from '../cloud-event.ts'
import type { Subject } from '../population.ts'
import { type Random, weighted } from '../random.ts'
import { officeTimeAfter, RHYTHMS } from '../rhythm.ts'
import type { Volumes } from '../volumes.ts'
import { later, type Process, proneness, type World } from './process.ts'

type Item = NonNullable<EventData<'sampling.completed'>['items']>[number]

const drawFood = weighted<{ product: string; category: string; item: Item }>([
  [
    { product: '芹菜', category: '食用农产品', item: { name: '毒死蜱', value: 0.31, limit: 0.05, hazard: 'other' } },
    40,
  ],
  [{ product: '韭菜', category: '食用农产品', item: { name: '腐霉利', value: 0.9, limit: 0.2, hazard: 'other' } }, 30],
  [{ product: '白酒', category: '酒类', item: { name: '甜蜜素', value: 0.02, limit: 0, hazard: 'other' } }, 20],
  [{ product: '鸡蛋', category: '食用农产品', item: { name: '恩诺沙星', value: 12, limit: 0, hazard: 'other' } }, 8],
  [
    {
      product: '凉拌菜',
      category: '餐饮食品',
      item: { name: '沙门氏菌', value: '检出', limit: '不得检出', hazard: 'pathogen' },
    },
    2,
  ],
])
const drawGoods = weighted<{ product: string; category: string; item: Item }>([
  [
    {
      product: '电线电缆',
      category: '工业产品',
      item: { name: '导体电阻', value: 21.3, limit: 19.5, hazard: 'other' },
    },
    4,
  ],
  [
    {
      product: '儿童玩具',
      category: '工业产品',
      item: { name: '小零件', value: '不合格', limit: '合格', hazard: 'other' },
    },
    3,
  ],
  [{ product: '水泥', category: '工业产品', item: { name: '强度', value: 38, limit: 42.5, hazard: 'other' } }, 3],
])
const EQUIPMENT_KINDS = ['曳引驱动乘客电梯', '叉车', '锅炉', '压力容器'] as const
const YEAR_DAYS = 365
const drawEquipment = weighted([
  ['equipment.inspected', 90],
  ['equipment.fault', 6],
  ['equipment.stopped', 3],
  ['equipment.scrapped', 1],
] as const)

type Answer = ReturnType<Happening['happen']>

/** Samples of food and goods, recalls, special equipment, accidents. */
export function safetyProcesses(volumes: Volumes, rhythm = RHYTHMS.office): Process[] {
  return [
    { name: 'sampling', source: 'sampling', rhythm, perDay: volumes.sampling, happen: sample },
    { name: 'equipment', source: 'equipment', rhythm, perDay: volumes.equipment, happen: equipment },
    { name: 'recall', source: 'sampling', rhythm, perDay: volumes.recall, happen: recall },
    {
      name: 'accident',
      source: 'equipment',
      rhythm: rhythm === RHYTHMS.office ? RHYTHMS.evening : rhythm,
      perDay: volumes.accident,
      happen({ census }, random) {
        const subject = census.drawWeighted(random, (each) => (each.line.equipment ? proneness(census.risk(each)) : 0))
        if (subject === null) return null
        return draft('accident.reported', subject, { grade: '一般', kind: random.pick(['电梯', '叉车', '压力容器']) })
      },
    },
  ]
}

const samples = ({ line }: Subject) => (line.food || line.producer ? 1 : 0)

function sample({ census }: World, random: Random, _: number, id: string): Answer {
  const subject = census.drawWeighted(random, samples)
  if (subject === null || samples(subject) === 0) return null
  const { product, category, item } = subject.line.food ? drawFood(random) : drawGoods(random)
  const role = subject.line.producer ? 'producer' : 'sampled'
  const common = { product, category, batch: id, role } as const
  // Two of a hundred samples fail: one of two hundred where all is well, ten times that where it is not.
  if (!random.chance(0.1 * proneness(census.risk(subject), 'supervision'))) {
    return draft('sampling.completed', subject, { ...common, result: 'pass' })
  }
  const objection = random.chance(0.1) ? 'filed' : 'none'
  return draft('sampling.completed', subject, { ...common, result: 'fail', objection, items: [item] })
}

function equipment(world: World, random: Random, time: number): Answer {
  const { census } = world
  const type = drawEquipment(random)
  const subject = census.drawWeighted(random, (each) => {
    if (!each.line.equipment) return 0
    return type === 'equipment.fault' ? proneness(census.risk(each), 'supervision') : 1
  })
  const units = subject === null ? [] : census.equipment(subject)
  if (subject === null || units.length === 0) return null
  const code = random.pick(units)
  const kind = subject.line.code === '7020' ? EQUIPMENT_KINDS[0] : random.pick(EQUIPMENT_KINDS)
  switch (type) {
    case 'equipment.inspected': {
      const result = random.chance(0.15 * proneness(census.risk(subject), 'supervision')) ? 'fail' : 'pass'
      const nextDue = formatDay(businessDay(time) + YEAR_DAYS)
      return draft(type, subject, { code, kind, result, nextDue, public: random.chance(0.3) })
    }
    case 'equipment.fault': {
      const trapped = kind === EQUIPMENT_KINDS[0] && random.chance(0.4) ? random.between(1, 5) : undefined
      return draft(type, subject, { code, kind: trapped ? '困人' : '故障', ...(trapped && { trapped }) })
    }
    default:
      return draft(type, subject, { code })
  }
}

function recall(world: World, random: Random, time: number, id: string): Answer {
  const subject = world.census.drawWeighted(random, samples)
  if (subject === null || samples(subject) === 0) return null
  const { product } = subject.line.food ? drawFood(random) : drawGoods(random)
  later(world, officeTimeAfter(random, time, random.between(5, 25)), 'sampling', () =>
    draft('recall.completed', subject, { product, batches: [id] }),
  )
  return draft('recall.announced', subject, { product, batches: [id] })
}
