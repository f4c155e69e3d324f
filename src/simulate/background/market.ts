import { draft } from '../cloud-event.ts'
import { weighted } from '../random.ts'
import { officeTimeAfter, RHYTHMS } from '../rhythm.ts'
import type { Volumes } from '../volumes.ts'
import { later, type Process, proneness } from './process.ts'

const drawLead = weighted([
  ['advertisement.violated', 35],
  ['trade.violated', 40],
  ['monitoring.offline', 25],
] as const)
const AD_ISSUES = ['absolute-terms', 'false-claim', 'no-label'] as const
const TRADE_ISSUES = ['no-information', 'price-label', 'unlabelled-goods'] as const
const PLATFORMS = ['某外卖平台', '某电商平台', '某直播平台'] as const
const KITCHEN = '明厨亮灶'

/** What is sold by the market's stalls: item, yuan a kilogram in an ordinary week. */
const PRICES = [
  ['猪肉', 26],
  ['牛肉', 68],
  ['鸡蛋', 9.6],
  ['大白菜', 2.4],
  ['西红柿', 6.5],
  ['面粉', 5.2],
] as const

/** Leads of monitoring of advertising, trade and kitchens; prices; judgments; awards and repaired credit. */
export function marketProcesses(volumes: Volumes, rhythm = RHYTHMS.office): Process[] {
  return [
    {
      name: 'market',
      source: 'monitoring',
      rhythm,
      perDay: volumes.market,
      happen(world, random, time) {
        const { census } = world
        const type = drawLead(random)
        const subject = census.drawWeighted(random, (each) => {
          if (type === 'monitoring.offline' && !each.line.food) return 0
          return proneness(census.risk(each), 'publicEvaluation')
        })
        if (subject === null) return null
        switch (type) {
          case 'advertisement.violated':
            return draft(type, subject, { issue: random.pick(AD_ISSUES), platform: random.pick(PLATFORMS) })
          case 'trade.violated':
            return draft(type, subject, { issue: random.pick(TRADE_ISSUES), platform: random.pick(PLATFORMS) })
          case 'monitoring.offline':
            later(world, officeTimeAfter(random, time, 1), 'monitoring', () =>
              draft('monitoring.restored', subject, { platform: KITCHEN }),
            )
            return draft(type, subject, { platform: KITCHEN })
        }
      },
    },
    {
      name: 'price',
      source: 'monitoring',
      rhythm,
      perDay: volumes.price,
      happen({ census }, random) {
        const subject = census.drawWeighted(random, ({ line }) => (line.food ? 1 : 0.01))
        if (subject === null) return null
        const [item, usual] = random.pick(PRICES)
        return draft('price.reported', subject, {
          item,
          price: Math.round(usual * (0.9 + 0.2 * random.next()) * 100) / 100,
          unit: '元/千克',
        })
      },
    },
    {
      name: 'court',
      source: 'court',
      rhythm,
      perDay: volumes.court,
      happen(world, random, time, id) {
        const { census } = world
        const subject = census.drawWeighted(random, (each) => proneness(census.risk(each), 'dynamic'))
        if (subject === null) return null
        const judgment = { case: `执${id}` }
        if (random.chance(0.4)) {
          later(world, officeTimeAfter(random, time, random.between(20, 200)), 'court', () =>
            draft('judgment.satisfied', subject, judgment),
          )
        }
        return draft('judgment.defaulted', subject, judgment)
      },
    },
    {
      name: 'merit',
      source: 'credit',
      rhythm,
      perDay: volumes.merit,
      happen({ census }, random) {
        const subject = census.drawWeighted(random, (each) => 1 - proneness(census.risk(each)))
        if (subject === null) return null
        return random.chance(0.4)
          ? draft('credit.repaired', subject, {})
          : draft('award.granted', subject, { kind: random.pick(['放心消费示范单位', '守合同重信用', '专精特新']) })
      },
    },
  ]
}
