import type { FoundCase, InventoryList, InventoryQuestion } from '../model/inventory.ts'

/** A case as the state has it, with the name of its subject and the division that answers for it. */
export interface NamedCase extends FoundCase {
  /** The key itself where no name is known, or could be looked up in time. */
  readonly name: string
  readonly department: string | null
}

/** What detection holds in silence since something went live. */
export interface Inventory {
  /** Counts of all that fits, and the first cases. `log.unavailable` while a part of detection is on its way. */
  ask(question: InventoryQuestion): Promise<{
    readonly lists: readonly InventoryList[]
    readonly cases: readonly NamedCase[]
  }>
}
