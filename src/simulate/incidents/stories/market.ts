import { neighboursOf } from '../../areas.ts'
import type { Grievance } from '../../complaint.ts'
import type { Enterprise } from '../../population.ts'
import { complain, inLine, lineOf, settle, tell } from '../deeds.ts'
import { about, decoy, incident, type Outcome, type Scene } from '../scene.ts'

const PRICE: Grievance = { issue: 'price', text: '节日期间停车费翻倍，未明码标价', amount: 80 }
const FRAUD: Grievance = { issue: 'price-fraud', text: '先涨价后打折，虚构原价', amount: 300 }
const SUPPLY: Grievance = { issue: 'compulsory-service', text: '不办理指定安装就不予通气', amount: 1_200 }

/** ADV-01, PRI-01, PRC-02, NET-01, IPR-01, IPU-01, ATM-01: advertising, prices, platforms, marks, utilities. */
export const marketStories = {
  'false-advertising': incident('ADV-01', 'a third unlawful advertisement within a month', (scene) =>
    adverts(scene, 'false-claim', 3, 'yellow'),
  ),
  'medical-claim': incident('ADV-01', 'one advertisement that promises a cure', (scene) =>
    adverts(scene, 'medical-claim', 1, 'orange'),
  ),
  'two-adverts': decoy('ADV-01', 'two clumsy advertisements within a month', (scene) =>
    adverts(scene, 'absolute-terms', 2, null),
  ),
  'price-complaints': incident(
    'PRI-01',
    'six people complain of a price that doubled',
    (scene) => dear(scene, PRICE, 6, 'PRI-01'),
    {
      size: 6,
    },
  ),
  'price-jump': incident(
    'PRI-01',
    'pork costs two fifths more than in the same week of three years and next door',
    (scene) => jump(scene, true),
  ),
  'feast-prices': decoy(
    'PRI-01',
    'pork costs two fifths more, and as much next door and every year at this time',
    (scene) => jump(scene, false),
  ),
  'price-fraud': incident(
    'PRC-02',
    'six people complain of an invented former price',
    (scene) => dear(scene, FRAUD, 6, 'PRC-02'),
    {
      size: 6,
    },
  ),
  'price-grumble': decoy('PRC-02', 'two do', (scene) => dear(scene, FRAUD, 2, null), { size: 2 }),
  'online-violations': incident('NET-01', 'five leads of monitoring about one online shop within a month', (scene) =>
    online(scene, 5),
  ),
  'few-leads': decoy('NET-01', 'three leads', (scene) => online(scene, 3)),
  'trademark-hoard': incident(
    'IPR-01',
    'twenty-two trademarks in twenty classes within a month',
    (scene) => marks(scene, 22),
    {
      size: 22,
    },
  ),
  'brand-launch': decoy('IPR-01', 'a new brand is filed in eight classes', (scene) => marks(scene, 8), { size: 8 }),
  'patent-pledges': incident(
    'IPU-01',
    'a small firm pledges patents four times within a quarter, for a hundred times its capital',
    (scene) => pledges(scene, 4),
  ),
  'one-pledge': decoy('IPU-01', 'a firm pledges one patent', (scene) => pledges(scene, 1)),
  'utility-complaints': incident(
    'ATM-01',
    'twelve households of one gas company are made to buy what they do not want',
    (scene) => utility(scene, 12),
    { size: 12 },
  ),
  'utility-grumble': decoy('ATM-01', 'four do', (scene) => utility(scene, 4), { size: 4 }),
} as const

function adverts(scene: Scene, issue: string, count: number, level: 'yellow' | 'orange' | null): Outcome | null {
  const firm = scene.reserve()
  if (firm === null) return null
  const [now = scene.burst] = scene.times(1)
  for (let number = 1; number <= count; number++) {
    const time = number === count ? now : scene.ago(8 * (count - number))
    tell(scene, time, 'monitoring', 'advertisement.violated', firm, { issue, platform: '某短视频平台' })
  }
  return about(firm, level, level === null ? null : now)
}

/** Default trigger of both: five in seven days. */
function dear(scene: Scene, grievance: Grievance, people: number, code: string | null): Outcome | null {
  const shop = scene.reserve(({ line }) => line.complaints > 0.3)
  if (shop === null) return null
  const times = scene.times(people)
  for (const time of times) complain(scene, time, shop, grievance)
  return { ...about(shop, code === null ? null : 'orange', code === null ? null : times[4]), also: ['CMP-01'] }
}

const USUAL = 26
const DEAR = 36.5

/** Prices of one stall a county: here and next door, this week and the same week of three years. */
function jump(scene: Scene, here: boolean): Outcome | null {
  const stall = scene.reserve(({ line, region }) => line.food && neighboursOf(region).length > 1)
  if (stall === null) return null
  const [now = scene.burst] = scene.times(1)
  const neighbours: Enterprise[] = neighboursOf(stall.region)
    .slice(0, 2)
    .map((region, number) => settle(scene, scene.ago(1_300), inLine(scene.newcomer(number, region), lineOf('5212'))))
  const report = (time: number, who: Enterprise, price: number) =>
    tell(scene, time, 'monitoring', 'price.reported', who, { item: '猪肉', price, unit: '元/千克' })
  for (const years of [3, 2, 1]) {
    for (const who of [stall, ...neighbours]) report(scene.ago(years * 365), who, here ? USUAL : DEAR)
  }
  for (const who of [stall, ...neighbours]) report(scene.ago(20), who, USUAL)
  for (const who of neighbours) report(scene.ago(1), who, here ? USUAL : DEAR)
  report(now, stall, DEAR)
  return {
    key: { kind: 'area', key: `${stall.region} 猪肉` },
    name: '猪肉',
    region: stall.region,
    enterprises: [stall.code],
    level: here ? 'orange' : null,
    trips: here ? now : null,
  }
}

function online(scene: Scene, leads: number): Outcome | null {
  const shop = scene.reserve()
  if (shop === null) return null
  const [now = scene.burst] = scene.times(1)
  for (let number = 1; number <= leads; number++) {
    const time = number === leads ? now : scene.ago(5 * (leads - number))
    tell(scene, time, 'monitoring', 'trade.violated', shop, { issue: 'no-information', platform: '某电商平台' })
  }
  return about(shop, leads >= 5 ? 'yellow' : null, leads >= 5 ? now : null)
}

function marks(scene: Scene, filings: number): Outcome | null {
  const firm = scene.reserve()
  if (firm === null) return null
  const times = scene.times(filings)
  for (const [number, time] of times.entries()) {
    tell(scene, time, 'trademark', 'trademark.filed', firm, { classes: [((number * 2) % 45) + 1] })
  }
  return about(firm, filings >= 20 ? 'yellow' : null, filings >= 20 ? times[19] : null)
}

function pledges(scene: Scene, count: number): Outcome | null {
  const firm = scene.reserve()
  if (firm === null) return null
  const [now = scene.burst] = scene.times(1)
  for (let number = 1; number <= count; number++) {
    const time = number === count ? now : scene.ago(20 * (count - number))
    tell(scene, time, 'registry', 'ip.pledged', firm, { amount: firm.capital * 25 })
  }
  // The catalogue fixes no trigger; read as: three pledges of intellectual property within 90 days.
  return about(firm, count >= 3 ? 'yellow' : null, count >= 3 ? scene.ago(20 * (count - 3)) : null)
}

function utility(scene: Scene, households: number): Outcome | null {
  const company = scene.reserve(({ line }) => /^4[456]/.test(line.code))
  if (company === null) return null
  const times = scene.times(households)
  for (const time of times) complain(scene, time, company, SUPPLY)
  return {
    ...about(company, households >= 10 ? 'orange' : null, households >= 10 ? times[9] : null),
    also: ['CMP-01', 'CMP-02'],
  }
}
