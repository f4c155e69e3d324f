import { inArea } from '../model/area.ts'
import type { Identity, Limited } from './identity.ts'

/** Whether the county lies in one of the areas. */
export function inAreas(areas: Limited, region: string): boolean {
  return areas === 'all' || areas.some((area) => inArea(region, area))
}

/** Whether something that touches these counties is visible at all: whoever's scope meets one of them sees it. */
export function canSee(identity: Identity, regions: readonly string[]): boolean {
  return identity.areas === 'all' || regions.some((region) => inAreas(identity.areas, region))
}

/** Whether nothing of it lies outside the identity's scope. */
export function coversAll(identity: Identity, regions: readonly string[]): boolean {
  return identity.areas === 'all' || regions.every((region) => inAreas(identity.areas, region))
}
