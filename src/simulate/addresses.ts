import { fullAreaName } from '../model/area.ts'
import { brand } from './names.ts'
import type { Random } from './random.ts'

/** A place where an enterprise is registered. */
export interface Premises {
  readonly region: string
  readonly address: string
  readonly addressKind: 'ordinary' | 'cluster' | 'park' | 'residential'
}

const STREETS =
  '长治路 学府街 迎宾大街 平阳路 建设路 解放路 新建路 滨河路 五一路 府东街 文化路 人民路 振兴街 兴华街 汾河路 康宁街 龙城大街 南中环街 晋阳街 体育路 并州路 朝阳街 胜利街 和平路 光明街 府西街 北大街 东环路 西环路 工业路 园区大道 永康路 富民街 锦绣路 丰泽路'.split(
    ' ',
  )

const twoDigits = (value: number) => String(value).padStart(2, '0')

function street(random: Random, region: string): string {
  return `山西省${fullAreaName(region)}${random.pick(STREETS)}${random.between(1, 399)}号`
}

/** A room of an office block, or one time in ten a flat. */
export function drawRoom(random: Random, region: string): Premises {
  if (random.chance(0.1)) {
    const flat = `${random.between(1, 30)}号楼${random.between(1, 4)}单元${random.between(1, 17)}${twoDigits(random.between(1, 4))}室`
    return { region, address: `${street(random, region)}${brand(random)}花园${flat}`, addressKind: 'residential' }
  }
  return { region, address: officeRoom(random, region), addressKind: 'ordinary' }
}

/** A room of an office block: `山西省太原市小店区长治路105号晋泰大厦12层1201室`. */
export function officeRoom(random: Random, region: string): string {
  const floor = random.between(1, 26)
  const block = random.chance(0.6) ? `${brand(random)}大厦` : ''
  return `${street(random, region)}${block}${floor}层${floor}${twoDigits(random.between(1, 40))}室`
}

const SHARED = {
  cluster: ['创业路1号众创空间1层101室', '创业路1号众创空间2层201室', '政务中心路6号集群注册托管中心1层103室'],
  park: ['园区大道88号产业园综合楼2层201室', '园区大道90号孵化基地3层301室', '科创街12号标准厂房1层101室'],
} as const

/**
 * One of the county's addresses for many, lawfully shared: cluster-registration offices, business secretaries, industrial
 * parks.
 *
 * @param place which of them, from 1
 */
export function sharedPremises(region: string, addressKind: 'cluster' | 'park', place = 1): Premises {
  const places = SHARED[addressKind]
  return { region, address: `山西省${fullAreaName(region)}${places[(place - 1) % places.length]}`, addressKind }
}

/** The same room as different clerks write it: all have one address key. */
export function spelling(address: string, variant: number): string {
  switch (variant % 4) {
    case 1:
      return address.replace(/^山西省/, '')
    case 2:
      return `${address}（自主申报）`
    case 3:
      return address.replace(/\d+(?=室)/, (room) =>
        [...room].map((digit) => '０１２３４５６７８９'[Number(digit)]).join(''),
      )
    default:
      return address
  }
}
