import { idCheckCharacter } from '../model/person.ts'
import { type Random, weighted } from './random.ts'

/** A person as a source would send them. Nobody: see the notes on number and phone. */
export interface MadeUpPerson {
  readonly name: string
  readonly idNumber: string
  readonly phone: string
}

/** Per mille of the population, about. */
const SURNAMES = weighted(
  (
    '王95 李74 张73 刘56 陈38 杨34 赵25 黄17 周17 吴16 徐14 孙13 胡12 朱12 高12 林10 何10 郭22 马14 罗7 梁7 宋9 郑7 谢6 ' +
    '韩10 唐5 冯8 于4 董8 萧3 程4 曹6 袁4 邓4 许6 傅2 沈2 曾3 彭3 吕4 苏4 卢3 蒋3 蔡2 贾9 丁3 魏5 薛9 叶2 阎4 余2 潘2 杜5 ' +
    '戴2 夏2 钟1 汪2 田6 任9 姜2 范4 方2 石3 姚4 谭1 廖1 邹1 熊1 金2 陆1 郝9 孔2 白6 崔5 康4 毛2 邱1 秦4 江1 史5 顾1 侯6 ' +
    '邵2 孟4 龙1 万1 段6 雷2 钱1 汤1 尹2 黎1 易1 常6 武9 乔5 贺3 赖1 龚1 文1 欧阳1 司马1'
  )
    .split(' ')
    .map((entry) => [entry.replace(/\d+$/, ''), Number(/\d+$/.exec(entry)?.[0])] as const),
)
const GIVEN = [...'伟芳娜敏静强磊军洋勇艳杰娟涛明超兰霞平刚桂英华文建国玉梅红志海燕鹏飞雪晓丽佳宇浩然子轩梓涵俊峰晨光']

/** Number ranges that no operator has been given. */
const UNASSIGNED_PREFIXES = ['160', '161', '163', '164', '168', '169']

const BIRTH_YEARS = [1956, 2003] as const
/** One representative in so many is older: born from 1944 on. */
const ELDERLY = 300

const digits = (value: number, length: number) => String(10 ** length + value).slice(1)

/** A mobile number of a range that nobody has. */
export function madeUpPhone(random: Random): string {
  return random.pick(UNASSIGNED_PREFIXES) + digits(random.between(0, 99_999_999), 8)
}

/**
 * A resident's ID number with the right check character (GB 11643) that cannot be anybody's: no area begins with 00.
 *
 * @param birthYear a year between 1944 and 2003 unless given, since it counts in the field
 */
export function madeUpIdNumber(random: Random, birthYear?: number): string {
  const area = `00${digits(random.between(0, 9_999), 4)}`
  const [least, most] = random.between(1, ELDERLY) === 1 ? [1944, 1955] : BIRTH_YEARS
  const drawn = random.between(least, most)
  const birth = `${birthYear ?? drawn}${digits(random.between(1, 12), 2)}${digits(random.between(1, 28), 2)}`
  const first17 = area + birth + digits(random.between(1, 999), 3)
  return first17 + idCheckCharacter(first17)
}

export function madeUpPerson(random: Random, birthYear?: number): MadeUpPerson {
  const given = random.pick(GIVEN) + (random.chance(0.7) ? random.pick(GIVEN) : '')
  return { name: SURNAMES(random) + given, idNumber: madeUpIdNumber(random, birthYear), phone: madeUpPhone(random) }
}
