import type { Identity, Limited } from './identity.ts'

/** The digits all codes of an area's subtree begin with: 140000 -> 14, 140100 -> 1401, 140105 -> 140105. */
export function areaPrefix(code: string): string {
  if (code.endsWith('0000')) return code.slice(0, 2)
  return code.endsWith('00') ? code.slice(0, 4) : code
}

/** Whether the county lies in one of the areas. */
export function inAreas(areas: Limited, region: string): boolean {
  return areas === 'all' || areas.some((area) => region.startsWith(areaPrefix(area)))
}

/** Whether something that touches these counties is visible at all: whoever's scope meets one of them sees it. */
export function canSee(identity: Identity, regions: readonly string[]): boolean {
  return identity.areas === 'all' || regions.some((region) => inAreas(identity.areas, region))
}

/** Whether nothing of it lies outside the identity's scope. */
export function coversAll(identity: Identity, regions: readonly string[]): boolean {
  return identity.areas === 'all' || regions.every((region) => inAreas(identity.areas, region))
}
