import { CITIES, COUNTIES } from '../model/area-table.ts'
import { weighted } from './random.ts'

/** Taiyuan holds about a quarter of the province's enterprises. */
const CAPITAL_CITY = '1401'

function weightOf(code: string, name: string): number {
  const settlement = name.endsWith('县') ? 1 : name.endsWith('市') ? 1.6 : 2.2
  return code.startsWith(CAPITAL_CITY) ? settlement * 2 : settlement
}

/** A county, urban districts more often than rural ones. */
export const drawCounty = weighted(COUNTIES.map(([code, name]) => [code, weightOf(code, name)] as const))

const cities = new Map(CITIES.map(([code, name]) => [code.slice(0, 4), name]))

/** Name of the city of a county, e.g. `太原市`. */
export function cityOf(county: string): string {
  return cities.get(county.slice(0, 4)) ?? '山西省'
}
