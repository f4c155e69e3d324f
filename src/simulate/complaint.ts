import { type Draft, draft } from './cloud-event.ts'
import { type MadeUpPerson, madeUpPerson } from './people.ts'
import type { Subject } from './population.ts'
import { type Random, weighted } from './random.ts'

/** What a complaint tells besides who and about whom. */
export interface Grievance {
  readonly issue: string
  readonly text: string
  /** Yuan. */
  readonly amount: number
}

const GRIEVANCES: readonly (readonly [Grievance, number])[] = [
  [{ issue: 'quality', text: '商品使用不久即出现质量问题，商家拒绝更换', amount: 320 }, 26],
  [{ issue: 'refund', text: '申请退款，商家以各种理由拖延', amount: 680 }, 20],
  [{ issue: 'service', text: '服务与宣传不符，工作人员态度恶劣', amount: 200 }, 18],
  [{ issue: 'price', text: '结算价格高于标价', amount: 60 }, 12],
  [{ issue: 'contract', text: '未按约定履行，要求赔偿', amount: 2_400 }, 9],
  [{ issue: 'false-advertising', text: '宣传内容与实际不符', amount: 150 }, 9],
  [{ issue: 'after-sales', text: '联系售后多次无人处理', amount: 900 }, 6],
]
const drawGrievance = weighted(GRIEVANCES)
const drawFoodGrievance = weighted([
  ...GRIEVANCES,
  [{ issue: 'food-safety', text: '食品中有异物，食用后不适', amount: 45 }, 30],
])

/** What complainants leave of themselves: a name and a phone mostly, sometimes a number too, sometimes nothing. */
const drawIdentification = weighted([
  ['phone', 74],
  ['number', 10],
  ['name', 4],
  ['nothing', 12],
] as const)

/** Members of a person that a complainant leaves; undefined: an anonymous complaint. */
export function identified(person: MadeUpPerson, random: Random): Partial<MadeUpPerson> | undefined {
  switch (drawIdentification(random)) {
    case 'phone':
      return { name: person.name, phone: person.phone }
    case 'number':
      return person
    case 'name':
      return { name: person.name }
    case 'nothing':
      return undefined
  }
}

/** A complaint; `number` is the id of the event, as at the real counter. */
export function complaint(
  respondent: Subject,
  complainant: Partial<MadeUpPerson> | undefined,
  { issue, text, amount }: Grievance,
  number: string,
): Draft {
  return draft('complaint.filed', respondent, {
    number,
    ...(complainant !== undefined && { complainant }),
    issue,
    category: respondent.line.trade,
    amount,
    ...(respondent.line.prepaid && { prepaid: true }),
    text,
  })
}

/** Any consumer about anything. @param consumer stream of the person who complains @param random of the occasion */
export function ordinaryComplaint(respondent: Subject, consumer: Random, random: Random, number: string): Draft {
  const grievance = respondent.line.food ? drawFoodGrievance(random) : drawGrievance(random)
  const amount = Math.round(grievance.amount * (0.3 + random.exponential()))
  return complaint(respondent, identified(madeUpPerson(consumer), random), { ...grievance, amount }, number)
}
