import type { RowFault } from './faults.ts'

/** What a row of a file came to: events, or the reason why it has none. */
export interface Item {
  /** Number of its first line, from 1; 0 where the events do not come from a line. */
  readonly line: number
  /** Its place in the (unpacked) file: first byte, and the one after it. */
  readonly start: number
  readonly end: number
  /** Number of the line after it. */
  readonly nextLine: number
  /** As JSON texts, each on one line. */
  readonly events: readonly string[]
  /** Where the row stands in its file, when the offsets number something else. */
  readonly origin?: { readonly start: number; readonly end: number }
  /** For each event that replaces or withdraws another: that one, as an undo says it again; null for the rest. */
  readonly restores?: readonly (Readonly<Record<string, unknown>> | null)[]
  /** Rule of the mapping behind each event; empty without a mapping. */
  readonly rules: readonly string[]
  readonly fault: { readonly code: RowFault; readonly message: string } | null
}

/** Rows of a file as items, those of a chunk at a time, from a place on; made anew they are the same. */
export interface ItemSource {
  items(from: { readonly offset: number; readonly line: number }): AsyncIterable<readonly Item[]>
  /** Adds to a refusal of the door which columns it speaks of. */
  explain(rule: string | undefined, refusal: { readonly code: string; readonly message: string }): string
}
