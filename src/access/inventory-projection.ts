import type { FoundCase, InventoryItem } from '../model/inventory.ts'
import { formatTime } from '../model/time.ts'
import type { Identity } from './identity.ts'
import { ELSEWHERE } from './projection.ts'
import { coversAll, inAreas } from './scope.ts'

/**
 * What one reader sees of a case of the inventory: the same cut as of an alert (`project`). The question has left out
 * what does not meet the reader's scope.
 */
export function projectCase(
  identity: Identity,
  found: FoundCase & { readonly name: string; readonly department: string | null },
): InventoryItem {
  const { detector, detectorVersion, code, title, level, because, department, place, regions, enterprises } = found
  const isMine = (region: string) => inAreas(identity.areas, region)
  const isWhole = coversAll(identity, regions)
  const seen = enterprises.filter(([, region]) => isWhole || isMine(region)).map(([enterprise]) => enterprise)
  const { from, to, ...numbers } = found.evidence
  const evidence = { ...numbers, from: formatTime(from), to: formatTime(to) }
  const own = found.events.filter(({ region }) => isMine(region)).length
  const common = {
    ...{ detector, detectorVersion, code, title, level, because, department },
    office: place.office === '' ? null : place.office,
    since: formatTime(found.since),
  }
  const subject = { ...found.subject, enterprises: seen, hidden: enterprises.length - seen.length }
  if (isWhole) {
    const { summary, region } = found
    return { ...common, summary, region, regions: [...regions], evidence, subject: { ...subject, name: found.name } }
  }
  const { key, kind } = found.subject
  const cut = { expected: null, probability: null, eventsTotal: own, observed: Math.min(evidence.observed, own) }
  return {
    ...common,
    summary: ELSEWHERE,
    subject: { ...subject, name: kind === 'enterprise' ? found.name : key },
    region: place.office,
    regions: regions.filter(isMine),
    evidence: { ...evidence, ...cut },
  }
}
