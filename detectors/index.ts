import type { Detector } from '../src/detect/contract.ts'
import { frequentRepresentativeChange } from './change/frequent-representative-change.ts'
import { tripleChange } from './change/triple-change.ts'
import { complaintSurge } from './complaint/complaint-surge.ts'
import { penaltyUnsettled } from './enforcement/penalty-unsettled.ts'
import { onlineTradeViolations } from './market/online-trade-violations.ts'
import { sameAddressRegistrations } from './registration/same-address-registrations.ts'

/** Every detector that judges. A new one is added here and nowhere else. */
export const detectors: readonly Detector[] = [
  sameAddressRegistrations,
  frequentRepresentativeChange,
  tripleChange,
  complaintSurge,
  penaltyUnsettled,
  onlineTradeViolations,
]

/** The detector of an id. */
export function detectorOf(id: string): Detector | undefined {
  return detectors.find((detector) => detector.id === id)
}
