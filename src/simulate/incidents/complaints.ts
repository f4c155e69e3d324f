import { complaint, type Grievance, identified } from '../complaint.ts'
import { type MadeUpPerson, madeUpPerson } from '../people.ts'
import type { Enterprise } from '../population.ts'
import type { Random } from '../random.ts'
import type { Occasion, Planted } from './planted.ts'

/** Default trigger of CMP-01 for an enterprise that nobody used to complain of. */
const TRIGGER = 5

const EVENINGS = { from: 17, to: 23, workdaysOnly: false }

const CLOSING: readonly Grievance[] = [
  { issue: 'refund', text: '门店突然关门，办卡余额不退，电话16888880000无人接听', amount: 1_980 },
  { issue: 'refund', text: '店内张贴“设备检修”通知后一直未营业，要求退卡被拒绝', amount: 2_680 },
  { issue: 'closure', text: '预付卡尚余大半，负责人失联', amount: 3_600 },
  { issue: 'refund', text: '微信群已解散，王先生等多名会员无法退费', amount: 1_280 },
]
const LABEL: Grievance = { issue: 'labelling', text: '商品标签不符合规定，要求按法律规定赔偿一千元', amount: 1_000 }

/** CMP-01: a gym, a hairdresser, a school that sold cards for years ahead shuts its doors; refunds are refused. */
export function complaintSurge(occasion: Occasion): Planted | null {
  const respondent = occasion.reserve(({ line }) => line.prepaid)
  if (respondent === null) return null
  const { random, plan } = occasion
  return complaints(occasion, respondent, plan.size >= TRIGGER ? 'orange' : null, () => {
    const { amount, ...grievance } = random.pick(CLOSING)
    const paid = Math.round(amount * (0.4 + random.next()))
    return { complainant: withoutName(madeUpPerson(random), random), grievance: { ...grievance, amount: paid } }
  })
}

/** Decoy of CMP-01: one claimant about one food shop; ten complaints are still one complainant. */
export function serialClaimant(occasion: Occasion): Planted | null {
  const respondent = occasion.reserve(({ line }) => line.food)
  if (respondent === null) return null
  const { name, phone } = madeUpPerson(occasion.random)
  return complaints(occasion, respondent, null, () => ({ complainant: { name, phone }, grievance: LABEL }))
}

/** A name alone may be shared by two in a crowd, who would count as one; every complainant of a surge is one more. */
function withoutName(person: MadeUpPerson, random: Random): Partial<MadeUpPerson> | undefined {
  const left = identified(person, random)
  return left === undefined || left.phone !== undefined ? left : { name: person.name, phone: person.phone }
}

type Filing = { readonly complainant: Partial<MadeUpPerson> | undefined; readonly grievance: Grievance }

function complaints(occasion: Occasion, respondent: Enterprise, level: 'orange' | null, next: () => Filing): Planted {
  const course = occasion.course(EVENINGS)
  const happenings = course.times.map((time) => {
    const { complainant, grievance } = next()
    return {
      time,
      happening: {
        source: 'consumer',
        happen: (_: number, id: string) => complaint(respondent, complainant, grievance, id),
      } as const,
    }
  })
  const truth = occasion.truth(course, {
    key: { kind: 'enterprise', key: respondent.code },
    name: respondent.name,
    region: respondent.region,
    enterprises: [respondent.code],
    level,
    tripsAt: level === null ? null : TRIGGER - 1,
  })
  return { truth, happenings }
}
