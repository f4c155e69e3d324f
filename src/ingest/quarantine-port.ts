import type { QuarantineEntry } from '../model/quarantine.ts'

/** Where refused events wait. Resolves once the entry is durable; the same name again within minutes is no second entry. */
export interface QuarantinePort {
  put(entry: QuarantineEntry, name: string): Promise<void>
}
