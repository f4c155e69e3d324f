import { CITIES, COUNTIES } from '../model/area-table.ts'
import { weighted } from './random.ts'

/**
 * Residents by county in ten thousands, rounded, about as the census of 2020 counted them; zones with a code of their own
 * by their enterprises instead. In the order of the area codes, a line a city.
 */
const RESIDENTS = `
140105 138 140106 60 140107 73 140108 52 140109 89 140110 33 140121 38 140122 13 140123 9 140171 25 140181 21
140212 8 140213 110 140214 73 140215 15 140221 22 140222 16 140223 14 140224 19 140225 26 140226 12 140271 6
140302 40 140303 25 140311 15 140321 32 140322 28
140403 95 140404 33 140405 24 140406 21 140423 25 140425 13 140426 14 140427 25 140428 31 140429 16 140430 15 140431 15
140502 57 140521 19 140522 35 140524 21 140525 43 140581 45
140602 52 140603 18 140621 21 140622 28 140623 9 140671 5 140681 33
140702 94 140703 25 140721 11 140722 14 140723 12 140724 19 140725 19 140727 24 140728 44 140729 23 140781 44
140802 93 140821 50 140822 35 140823 35 140824 32 140825 29 140826 24 140827 20 140828 30 140829 21 140830 36 140881 39 140882 39
140902 55 140921 20 140922 25 140923 18 140924 24 140925 13 140926 12 140927 9 140928 10 140929 8 140930 13 140931 15 140932 9 140971 2 140981 44
141002 97 141021 23 141022 27 141023 42 141024 66 141025 9 141026 8 141027 11 141028 9 141029 21 141030 5 141031 9 141032 5 141033 9 141034 12 141081 27 141082 26
141102 46 141121 40 141122 22 141123 23 141124 39 141125 29 141126 8 141127 14 141128 11 141129 14 141130 11 141181 49 141182 40
`
const residents = new Map(
  [...RESIDENTS.matchAll(/(\d{6}) (\d+)/g)].map(([, code = '', number]) => [code, Number(number)] as const),
)

/** Enterprises go where towns are: an urban district has twice as many a head as a county; the capital half more again. */
function weightOf(code: string, name: string): number {
  const town = name.endsWith('县') ? 1 : name.endsWith('市') ? 1.4 : 2
  const capital = code.startsWith('1401') ? 1.5 : 1
  return (residents.get(code) ?? 1) * town * capital
}

/** A county, in proportion to how many enterprises it has. */
export const drawCounty = weighted(COUNTIES.map(([code, name]) => [code, weightOf(code, name)] as const))

const cities = new Map(CITIES.map(([code, name]) => [code.slice(0, 4), name]))

/** Name of the city of a county, e.g. `太原市`. */
export function cityOf(county: string): string {
  return cities.get(county.slice(0, 4)) ?? '山西省'
}

/** Other counties of the same city, in order of their codes. */
export function neighboursOf(county: string): string[] {
  return COUNTIES.map(([code]) => code).filter((code) => code.slice(0, 4) === county.slice(0, 4) && code !== county)
}
