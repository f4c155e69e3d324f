import type { Arena } from './arena.ts'

/** A key's own text in the arena, for those whose alerts open without an event that names them: bytes before text. */

/** Keeps a text; returns its reference. */
export function keepName(arena: Arena, text: string): number {
  const bytes = Buffer.from(text)
  const reference = arena.allocate(wordsFor(bytes.length))
  arena.words[reference] = bytes.length
  bytesAt(arena, reference, bytes.length).set(bytes)
  return reference
}

/** The text again. */
export function nameAt(arena: Arena, reference: number): string {
  return Buffer.from(bytesAt(arena, reference, arena.words[reference] as number)).toString()
}

/** Gives its memory back. */
export function freeName(arena: Arena, reference: number): void {
  arena.free(reference, wordsFor(arena.words[reference] as number))
}

function wordsFor(bytes: number): number {
  return 1 + Math.ceil(bytes / 4)
}

function bytesAt({ words }: Arena, reference: number, length: number): Uint8Array {
  return new Uint8Array(words.buffer, words.byteOffset + (reference + 1) * 4, length)
}
