import { complaint as complaintDraft, type Grievance } from '../../complaint.ts'
import type { MadeUpPerson } from '../../people.ts'
import type { Enterprise } from '../../population.ts'
import { change, complain, complainAndClose, founderOf, represent, tell, withdrawnLater } from '../deeds.ts'
import { about, decoy, EVENINGS, incident, type Outcome, type Scene } from '../scene.ts'

/** Default trigger of CMP-01 for an enterprise that nobody used to complain of. */
const SURGE = 5

const CLOSING: readonly Grievance[] = [
  { issue: 'refund', text: '门店突然关门，办卡余额不退，电话16888880000无人接听', amount: 1_980 },
  { issue: 'refund', text: '店内张贴“设备检修”通知后一直未营业，要求退卡被拒绝', amount: 2_680 },
  { issue: 'closure', text: '预付卡尚余大半，负责人失联', amount: 3_600 },
  { issue: 'refund', text: '微信群已解散，王先生等多名会员无法退费', amount: 1_280 },
]
const LABEL: Grievance = { issue: 'labelling', text: '商品标签不符合规定，要求按法律规定赔偿一千元', amount: 1_000 }
const RENT: Grievance = { issue: 'contract', text: '退租后押金不退', amount: 2_000 }
const POISONED: Grievance = { issue: 'food-safety', text: '聚餐后多人呕吐腹泻，疑似食物中毒，已就医', amount: 600 }
const OTHERS: readonly string[] = ['quality', 'refund', 'service', 'price', 'contract']

/** CMP-01 to CMP-07, PRE-01: what consumers say. */
export const complaintStories = {
  'complaint-surge': incident(
    'CMP-01',
    'a shop that sold prepaid cards closes and refuses refunds',
    (scene) => {
      const shop = scene.reserve(({ line }) => line.prepaid)
      if (shop === null) return null
      const { times, peak } = scene.course(EVENINGS)
      for (const time of times) {
        const { amount, ...grievance } = scene.random.pick(CLOSING)
        const paid = Math.round(amount * (0.4 + scene.random.next()))
        complain(scene, time, shop, { ...grievance, amount: paid })
      }
      const level = scene.size >= SURGE ? 'orange' : null
      const outcome = about(shop, level, level === null ? null : times[SURGE - 1])
      return { ...outcome, peak, also: ['CMP-02', 'CMP-05'] }
    },
    { size: 12, before: 3 },
  ),
  'withdrawn-surge': incident(
    'CMP-01',
    'six complaints that turn out to be entered for the wrong shop and are withdrawn',
    (scene) => {
      const shop = scene.reserve(({ line }) => !line.food)
      if (shop === null) return null
      const times = scene.times(12)
      for (let number = 0; number < 6; number++) {
        const { name, phone } = scene.stranger()
        const grievance = CLOSING[number % CLOSING.length] as Grievance
        const [told, withdrawn] = [times[number], times[6 + number]] as [number, number]
        withdrawnLater(scene, 'consumer', told, withdrawn, (id) => complaintDraft(shop, { name, phone }, grievance, id))
      }
      const withdrawn = times[7]
      return { ...about(shop, 'orange', times[SURGE - 1]), ...(withdrawn !== undefined && { withdrawn }) }
    },
    { lasts: 120 },
  ),
  'serial-claimant': decoy(
    'CMP-01',
    'one person who complains for a living, again and again about one shop',
    (scene) => {
      const shop = scene.reserve(({ line }) => line.food)
      if (shop === null) return null
      const { times, peak } = scene.course(EVENINGS)
      const by = withoutNumber(scene.stranger())
      for (const time of times) complain(scene, time, shop, LABEL, { by })
      return { ...about(shop, null, null), peak }
    },
    { size: 10, before: 3 },
  ),
  'same-issue': incident(
    'CMP-02',
    'twelve tenants do not get their deposit back',
    (scene) => issues(scene, [RENT.issue], 'orange'),
    {
      size: 12,
    },
  ),
  'mixed-issues': decoy(
    'CMP-02',
    'twelve people complain of five different things',
    (scene) => issues(scene, OTHERS, null),
    {
      size: 12,
    },
  ),
  'professional-claimant': decoy(
    'CMP-03',
    'one person complains of twelve shops: weighs less in statistics, and nobody is warned',
    (scene) => {
      const by = withoutNumber(scene.stranger())
      const shops: Enterprise[] = []
      for (const time of scene.times(scene.size)) {
        const shop = scene.reserve(({ line }) => line.food)
        if (shop === null) return null
        shops.push(shop)
        complain(scene, time, shop, LABEL, { by })
      }
      return {
        key: { kind: 'person', key: by.phone ?? '' },
        name: by.name ?? '',
        region: shops[0]?.region ?? '',
        enterprises: shops.map(({ code }) => code),
        level: null,
        trips: null,
      }
    },
    { size: 12, lasts: 3_600 },
  ),
  'mediation-refused': incident('CMP-04', 'of twelve complaints closed in a quarter eight were refused', (scene) =>
    mediated(scene, 8, 'yellow'),
  ),
  'mediation-works': decoy('CMP-04', 'of twelve closed two were refused', (scene) => mediated(scene, 2, null)),
  'mass-complaint': incident(
    'CMP-05',
    'twenty-four members of a gym within an hour',
    (scene) => mass(scene, 24, 'red'),
    {
      size: 24,
      harmDays: 3,
    },
  ),
  'many-by-few': decoy('CMP-05', 'twenty-four complaints by eight people', (scene) => mass(scene, 8, null), {
    size: 24,
  }),
  'food-poisoning': incident(
    'CMP-06',
    'four guests of one restaurant fall ill in three days',
    (scene) => ill(scene, [2, 1], 'red'),
    {
      harmDays: 1,
    },
  ),
  'upset-stomachs': decoy('CMP-06', 'four guests fall ill in forty days', (scene) => ill(scene, [40, 20], null)),
  'complained-and-gone': incident('CMP-07', 'three complaints, and neither phone nor letter arrives', (scene) =>
    gone(scene, 2, 'orange'),
  ),
  'complained-and-found': decoy('CMP-07', 'three complaints; the shop answers', (scene) => gone(scene, 0, null)),
  'prepaid-flight': incident(
    'PRE-01',
    'a school loses its staff and its founder, then refunds stop',
    (scene) => flight(scene, 3, 'red'),
    { harmDays: 8, lasts: 90 },
  ),
  'school-sold': decoy('PRE-01', 'a school loses staff and founder; nobody complains', (scene) =>
    flight(scene, 0, null),
  ),
} as const

function withoutNumber({ name, phone }: MadeUpPerson): Partial<MadeUpPerson> {
  return { name, phone }
}

function issues(scene: Scene, kinds: readonly string[], level: 'orange' | null): Outcome | null {
  const shop = scene.reserve(({ line }) => !line.food)
  if (shop === null) return null
  const times = scene.times(scene.size)
  for (const [number, time] of times.entries()) {
    complain(scene, time, shop, { ...RENT, issue: kinds[number % kinds.length] ?? RENT.issue })
  }
  return { ...about(shop, level, level === null ? null : times[9]), also: ['CMP-01'] }
}

/** Twelve complaints about one shop, filed slowly enough not to be a surge, closed one after the other. */
function mediated(scene: Scene, refused: number, level: 'yellow' | null): Outcome | null {
  const shop = scene.reserve(({ line }) => line.complaints > 0.3)
  if (shop === null) return null
  const [last = scene.burst] = scene.times(1)
  for (let number = 0; number < 12; number++) {
    const filed = scene.ago(110 - 9 * number)
    const closed = number === 11 ? last : scene.ago(80 - 7 * number)
    complainAndClose(scene, filed, closed, shop, RENT, number < refused ? 'refused' : 'settled')
  }
  // Ten are closed with the tenth; from then on the share is what counts.
  return about(shop, level, level === null ? null : scene.ago(80 - 7 * 9))
}

function mass(scene: Scene, people: number, level: 'red' | null): Outcome | null {
  const shop = scene.reserve(({ line }) => line.prepaid)
  if (shop === null) return null
  const crowd = Array.from({ length: people }, () => withoutNumber(scene.stranger()))
  const times = scene.times(scene.size)
  for (const [number, time] of times.entries()) {
    complain(scene, time, shop, CLOSING[number % CLOSING.length] as Grievance, { by: crowd[number % people] ?? {} })
  }
  return { ...about(shop, level, level === null ? null : times[19]), also: ['CMP-01', 'CMP-02'] }
}

function ill(scene: Scene, past: readonly number[], level: 'red' | null): Outcome | null {
  const kitchen = scene.reserve(({ line }) => line.food)
  if (kitchen === null) return null
  const [first = scene.burst, second = scene.burst] = scene.times(2)
  for (const time of [...past.map((days) => scene.ago(days)), first, second]) {
    complain(scene, time, kitchen, POISONED, { injury: true })
  }
  return about(kitchen, level, level === null ? null : first)
}

function gone(scene: Scene, failures: number, level: 'orange' | null): Outcome | null {
  const shop = scene.reserve(({ line }) => line.complaints > 0.3)
  if (shop === null) return null
  for (const days of [18, 12, 9]) complain(scene, scene.ago(days), shop, RENT)
  const times = scene.times(Math.max(1, failures))
  if (failures > 0) {
    for (const [number, time] of times.entries()) {
      tell(scene, time, 'credit', 'contact.failed', shop, { channel: number === 0 ? 'phone' : 'mail' })
    }
  }
  return about(shop, level, level === null ? null : times[1])
}

function flight(scene: Scene, complaints: number, level: 'red' | null): Outcome | null {
  const school = scene.reserve(({ line }) => line.prepaid)
  if (school === null) return null
  tell(scene, scene.ago(20), 'insurance', 'insurance.reported', school, { insured: 18 })
  tell(scene, scene.ago(6), 'insurance', 'insurance.reported', school, { insured: 6 })
  change(scene, scene.ago(9), school, represent(founderOf(scene, school), scene.stranger(1990)))
  const times = scene.times(Math.max(1, complaints))
  if (complaints > 0) for (const time of times) complain(scene, time, school, CLOSING[0] as Grievance)
  return about(school, level, level === null ? null : times[2])
}
