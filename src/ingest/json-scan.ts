const QUOTE = 0x22
const BACKSLASH = 0x5c
const COMMA = 0x2c
// Compared one by one and not looked up: a body has up to 64 million characters, and nobody else is served meanwhile.
const isOpening = (code: number): boolean => code === 0x5b || code === 0x7b
const isClosing = (code: number): boolean => code === 0x5d || code === 0x7d

/** Whether arrays and objects of a JSON text stand deeper inside one another; found before anything recursive sees it. */
export function isNestedDeeper(text: string, most: number): boolean {
  // Whoever has not that many brackets cannot: nearly every event, and told without looking at each character.
  if (brackets(text, '{', most) + brackets(text, '[', most) <= most) return false
  let depth = 0
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === QUOTE) at = endOfString(text, at)
    else if (isOpening(code)) {
      if (++depth > most) return true
    } else if (isClosing(code)) depth--
  }
  return false
}

/** How often a bracket stands in a text, strings included; not counted on beyond `most` + 1. */
function brackets(text: string, bracket: '{' | '[', most: number): number {
  let count = 0
  for (let at = text.indexOf(bracket); at >= 0 && count <= most; at = text.indexOf(bracket, at + 1)) count += 1
  return count
}

/**
 * The texts of the elements of a JSON array, as sent, found without parsing them; null when the text is no array. The
 * elements themselves may still be no JSON.
 */
export function* elementsOf(text: string): Generator<string, boolean> {
  const start = text.search(/\S/)
  if (text[start] !== '[') return false
  let depth = 0
  let from = start + 1
  let found = 0
  for (let at = start; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === QUOTE) at = endOfString(text, at)
    else if (isOpening(code)) depth++
    else if (isClosing(code)) {
      depth--
      if (depth > 0) continue
      const last = text.slice(from, at)
      if (found > 0 || last.trim() !== '') yield last
      return text[at] === ']' && text.slice(at + 1).trim() === ''
    } else if (code === COMMA && depth === 1) {
      yield text.slice(from, at)
      found++
      from = at + 1
    }
  }
  return false
}

/** The place of the quote that ends the string which begins at `from`. */
function endOfString(text: string, from: number): number {
  let at = from + 1
  while (at < text.length && text.charCodeAt(at) !== QUOTE) at += text.charCodeAt(at) === BACKSLASH ? 2 : 1
  return at
}

/** The lines of a text that are not blank, one at a time: a text of line ends alone must not become as many strings. */
export function* linesOf(text: string): Generator<string> {
  let from = 0
  while (from < text.length) {
    const end = text.indexOf('\n', from)
    const line = text.slice(from, end < 0 ? text.length : end)
    if (line.trim() !== '') yield line
    if (end < 0) return
    from = end + 1
  }
}
