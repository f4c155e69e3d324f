import { weighted } from './random.ts'

/** A line of business. */
export interface Industry {
  /** GB/T 4754-2017, 3 or 4 digits. */
  readonly code: string
  /** As it stands in a firm's name. */
  readonly trade: string
  readonly scope: string
  /** Share of enterprises, relative. */
  readonly weight: number
  /** How often consumers complain, 0 to 1 relative to the most complained of. */
  readonly complaints: number
  /** Sells prepaid cards or courses. */
  readonly prepaid: boolean
  readonly food: boolean
}

const PLAIN = { prepaid: false, food: false }
const PREPAID = { prepaid: true, food: false }
const FOOD = { prepaid: false, food: true }

/** Lines of business with weights of about the province's mix. A table: to add a line, add it. */
export const INDUSTRIES: readonly Industry[] = [
  { code: '5299', trade: '商贸', scope: '日用百货销售；互联网销售', weight: 18, complaints: 0.6, ...PLAIN },
  { code: '5165', trade: '建材', scope: '建筑材料批发；五金产品批发', weight: 9, complaints: 0.2, ...PLAIN },
  { code: '4710', trade: '建筑工程', scope: '住宅房屋建筑；施工专业作业', weight: 8, complaints: 0.1, ...PLAIN },
  { code: '7249', trade: '企业管理咨询', scope: '企业管理咨询；信息咨询服务', weight: 8, complaints: 0.1, ...PLAIN },
  { code: '6513', trade: '网络科技', scope: '软件开发；信息技术咨询服务', weight: 8, complaints: 0.3, ...PLAIN },
  { code: '543', trade: '物流', scope: '普通货物道路运输；装卸搬运', weight: 6, complaints: 0.3, ...PLAIN },
  { code: '725', trade: '广告传媒', scope: '广告设计、代理；广告制作', weight: 4, complaints: 0.1, ...PLAIN },
  { code: '7020', trade: '物业服务', scope: '物业管理；停车场服务', weight: 4, complaints: 0.8, ...PLAIN },
  { code: '0610', trade: '煤业', scope: '煤炭开采；煤炭洗选', weight: 3, complaints: 0.02, ...PLAIN },
  { code: '5212', trade: '超市', scope: '食品销售；日用百货销售', weight: 5, complaints: 0.8, ...FOOD },
  { code: '6210', trade: '餐饮管理', scope: '餐饮服务；餐饮管理', weight: 8, complaints: 1, ...FOOD },
  { code: '6220', trade: '快餐', scope: '快餐服务；外卖递送服务', weight: 4, complaints: 1, ...FOOD },
  { code: '6110', trade: '酒店管理', scope: '住宿服务；会议及展览服务', weight: 2, complaints: 0.7, ...PLAIN },
  { code: '8040', trade: '美容美发', scope: '理发服务；生活美容服务', weight: 4, complaints: 0.9, ...PREPAID },
  { code: '8930', trade: '健身服务', scope: '健身休闲活动；体育用品零售', weight: 3, complaints: 0.9, ...PREPAID },
  { code: '8391', trade: '职业技能培训', scope: '职业技能培训；教育咨询服务', weight: 2, complaints: 0.8, ...PREPAID },
  {
    code: '8393',
    trade: '文化艺术培训',
    scope: '文化艺术辅导；组织文化艺术交流',
    weight: 2,
    complaints: 0.8,
    ...PREPAID,
  },
  { code: '8111', trade: '汽车服务', scope: '机动车修理和维护；洗车服务', weight: 2, complaints: 0.7, ...PREPAID },
]

export const drawIndustry = weighted(INDUSTRIES.map((industry) => [industry, industry.weight] as const))
