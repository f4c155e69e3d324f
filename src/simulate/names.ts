import type { Random } from './random.ts'

const FIRST = '晋汾恒盛鑫泰瑞华嘉隆宏博天汇康众诚信安顺德源荣兴聚金玉龙云海星辰旭东北中和正明远达通广'
const SECOND = '腾达源盛泰和瑞丰茂昌运兴隆洋诚信安顺康宁佳益美优创想途奇翔宇航辉煌硕果禾木森林山川'
const firsts = [...FIRST]
const seconds = [...SECOND]

/** A firm's brand (字号) of two characters, sometimes three. */
export function brand(random: Random): string {
  const name = random.pick(firsts) + random.pick(seconds)
  return random.chance(0.25) ? name + random.pick(seconds) : name
}

/** City, brand, trade, legal form: `太原市晋腾商贸有限公司`. */
export function firmName(random: Random, city: string, trade: string, suffix = '有限公司'): string {
  return `${city}${brand(random)}${trade}${suffix}`
}
