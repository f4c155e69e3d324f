import type { Arena } from './arena.ts'

/**
 * A key's own text in the arena, for those that must be named without an event that names them: a byte that says how many
 * follow, then the text in UTF-8. Of 255 bytes and more the byte is 255 and the number stands in the four behind it.
 */

const LONG = 255

/** Keeps a text; returns its reference. */
export function keepName(arena: Arena, text: string): number {
  const bytes = Buffer.from(text)
  const head = bytes.length < LONG ? Uint8Array.of(bytes.length) : new Uint8Array(5).fill(LONG, 0, 1)
  if (head.length > 1) new DataView(head.buffer).setUint32(1, bytes.length, true)
  const reference = arena.allocate(wordsFor(head.length + bytes.length))
  const kept = bytesFrom(arena, reference)
  kept.set(head)
  kept.set(bytes, head.length)
  return reference
}

/** The text again. */
export function nameAt(arena: Arena, reference: number): string {
  const { start, end } = placeOf(arena, reference)
  return Buffer.from(bytesFrom(arena, reference).subarray(start, end)).toString()
}

/** Gives its memory back. */
export function freeName(arena: Arena, reference: number): void {
  arena.free(reference, wordsFor(placeOf(arena, reference).end))
}

/** First byte of the text and the one after its last, counted from the reference. */
function placeOf(arena: Arena, reference: number): { readonly start: number; readonly end: number } {
  const bytes = bytesFrom(arena, reference)
  const first = bytes[0] as number
  if (first < LONG) return { start: 1, end: 1 + first }
  return { start: 5, end: 5 + new DataView(bytes.buffer, bytes.byteOffset).getUint32(1, true) }
}

function wordsFor(bytes: number): number {
  return Math.ceil(bytes / 4)
}

function bytesFrom({ words }: Arena, reference: number): Uint8Array {
  return new Uint8Array(words.buffer, words.byteOffset + reference * 4)
}
