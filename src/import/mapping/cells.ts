/**
 * Cells as people and programs write them, turned into values. Every function answers null for what it cannot read; an
 * empty cell never gets here.
 */

import { areaName, fullAreaName } from '../../model/area.ts'
import { COUNTIES } from '../../model/area-table.ts'

/** Full-width digits and signs become ordinary ones; blanks around go, the wide one included. */
export function tidy(cell: string): string {
  return PLAIN.test(cell) ? cell.trim() : cell.normalize('NFKC').trim()
}
/** Nothing that NFKC would change: ASCII and CJK ideographs. */
const PLAIN = /^[\x20-\x7e\u4e00-\u9fff]*$/

const AMOUNT =
  /^([+-]?[\d,' ]*\.?\d+(?:[eE][+-]?\d+)?)(亿|千万|百万|十万|万|千|百)?(?:元|圆)?(?:人民币)?(?:\((?:人民币|元|万元)\))?$/
const SCALES: Readonly<Record<string, number>> = {
  亿: 1e8,
  千万: 1e7,
  百万: 1e6,
  十万: 1e5,
  万: 1e4,
  千: 1e3,
  百: 100,
}

/**
 * `1,234.5`, `￥500`, `100万元`, `1.2亿`: a number times `unit`, unless the cell itself says 万 or 亿. Other currencies are
 * not read: `50万美元` is null.
 */
export function readNumber(cell: string, unit = 1): number | null {
  const match = AMOUNT.exec(
    cell.replace(/^(?:[¥￥$]|人民币|RMB|CNY)\s*/i, (sign) => (sign.startsWith('$') ? sign : '')),
  )
  if (match === null) return null
  const value = Number((match[1] as string).replace(/[, ']/g, ''))
  const scale = match[2] === undefined ? unit : (SCALES[match[2]] as number)
  // 0.1 * 3 is not what anybody wrote: money has two decimals, shares a few more.
  return Number.isFinite(value) ? Number((value * scale).toPrecision(15)) : null
}

/** `33.4%` is 0.334; a bare number is taken times `unit`. */
export function readRatio(cell: string, unit = 1): number | null {
  const percent = /^([\d.]+)\s*%$/.exec(cell)
  return percent === null ? readNumber(cell, unit) : Number((Number(percent[1]) / 100).toPrecision(15))
}

const TRUE = new Set(['是', '有', '1', 'true', 'yes', 'y', 't', '√', '✓', '对'])
const FALSE = new Set(['否', '无', '没有', '0', 'false', 'no', 'n', 'f', '×', '✗', '非'])

export function readFlag(cell: string): boolean | null {
  const word = cell.toLowerCase()
  return TRUE.has(word) ? true : FALSE.has(word) ? false : null
}

/** Counties by the names they go by, the longest first, so that 太原市小店区 is found before 小店区. */
const places = new Map<string, string>()
let byLength: string[] = []

function knowPlaces(): void {
  const shared = new Set<string>()
  for (const [code] of COUNTIES) {
    const name = areaName(code) ?? ''
    places.set(fullAreaName(code), code)
    if (places.has(name) && name !== fullAreaName(code)) shared.add(name)
    else if (name !== '') places.set(name, code)
  }
  // 城区 is in several cities, 郊区 too: alone they say nothing.
  for (const name of shared) places.delete(name)
  byLength = [...places.keys()].sort((a, b) => b.length - a.length)
}
const known = new Map<string, string | null>()
const PLACES_KEPT = 20_000

/** A county by its code (also at the beginning of a longer one), or by a text that names it: `太原市小店区市场监督管理局`. */
export function readCounty(cell: string): string | null {
  const code = /^(\d{6})(?:\d{3}|\d{6})?$/.exec(cell)?.[1]
  if (code !== undefined) return code
  const before = known.get(cell)
  if (before !== undefined) return before
  if (byLength.length === 0) knowPlaces()
  const name = byLength.find((one) => cell.includes(one))
  const found = name === undefined ? null : (places.get(name) ?? null)
  if (known.size >= PLACES_KEPT) known.clear()
  known.set(cell, found)
  return found
}
