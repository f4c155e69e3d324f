import type { QuarantineEntry } from '../model/quarantine.ts'

/** Where refused events wait. Resolves once the entry is durable; the same event may be put again on a retry. */
export interface QuarantinePort {
  put(entry: QuarantineEntry): Promise<void>
}
