import { ALIASES, type AreaRow, CITIES, COUNTIES, DIVIDED, PROVINCE, SINCE } from './area-table.ts'

const counties = new Map(COUNTIES)
const names = new Map([PROVINCE, ...CITIES, ...COUNTIES])
const aliases = new Map(ALIASES.map((alias) => [alias.code, alias]))
const divided = new Map(DIVIDED.map((division) => [division.code, division]))

/** Whether the code is a county (or a zone with a code of its own) that is in force today. */
export function isCounty(code: string): boolean {
  return counties.has(code)
}

/**
 * The present county of a code, or why there is none. An abolished code becomes the county that took its territory;
 * `divided` names the counties among which an abolished one was shared out.
 */
export type CountyAnswer =
  | { readonly kind: 'county'; readonly code: string; readonly original: string }
  | { readonly kind: 'divided'; readonly now: readonly string[]; readonly abolished: number }
  | { readonly kind: 'unknown' }

export function resolveCounty(code: string): CountyAnswer {
  if (counties.has(code)) return { kind: 'county', code, original: '' }
  const alias = aliases.get(code)
  if (alias !== undefined) return { kind: 'county', code: alias.now, original: code }
  const division = divided.get(code)
  if (division !== undefined) return { kind: 'divided', now: division.now, abolished: division.abolished }
  return { kind: 'unknown' }
}

/**
 * Whether a county lies in an area: `140000` holds the province, `140100` a city with all its counties, any other code
 * itself alone.
 */
export function inArea(county: string, area: string): boolean {
  return county.startsWith(areaPrefix(area))
}

/** What every county of an area begins with: `14` for `140000`, `1401` for `140100`, the county itself otherwise. */
export function areaPrefix(area: string): string {
  return area.endsWith('0000') ? area.slice(0, 2) : area.endsWith('00') ? area.slice(0, 4) : area
}

/** Name of the province, a city or a county, e.g. `小店区`; null when the code is not in the table. */
export function areaName(code: string): string | null {
  return names.get(code) ?? null
}

/** Name with its city before it, e.g. `太原市小店区`; the code itself when it is not in the table. */
export function fullAreaName(code: string): string {
  const name = names.get(code)
  if (name === undefined) return code
  const city = names.get(`${code.slice(0, 4)}00`)
  return city === undefined || city === name ? name : city + name
}

/** Names, past ones included, of the counties of the city to which the county belongs; the longest first. */
export function countyNamesOfCity(county: string): string[] {
  const city = county.slice(0, 4)
  const found: string[] = []
  for (const [code, name] of COUNTIES) if (code.startsWith(city)) found.push(name)
  for (const { code, name } of [...ALIASES, ...DIVIDED]) if (code.startsWith(city)) found.push(name)
  return [...new Set(found)].sort((a, b) => b.length - a.length)
}

/** Everything the table knows, for people: areas in force, and abolished counties with what they became. */
export function knownAreas() {
  const named = ([code, name]: AreaRow) => ({ code, name })
  return {
    province: named(PROVINCE),
    cities: CITIES.map(named),
    counties: COUNTIES.map((row) => ({ ...named(row), since: SINCE.get(row[0]) ?? null })),
    abolished: [
      ...ALIASES.map(({ code, name, abolished, now }) => ({ code, name, until: abolished, now: [now] })),
      ...DIVIDED.map(({ code, name, abolished, now }) => ({ code, name, until: abolished, now: [...now] })),
    ],
  }
}
