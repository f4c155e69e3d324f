/** A text as GB18030, of which the platform only has the decoder: two-byte characters, which is all that tests write. */
export function encodeGb18030(text: string): Buffer {
  const bytes: number[] = []
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0
    const pair = code < 0x80 ? [code] : pairs().get(character)
    if (pair === undefined) throw new Error(`${character} is not a two-byte character of GB18030`)
    bytes.push(...pair)
  }
  return Buffer.from(bytes)
}

let table: Map<string, [number, number]> | null = null
function pairs(): Map<string, [number, number]> {
  if (table !== null) return table
  table = new Map()
  const decoder = new TextDecoder('gb18030')
  for (let lead = 0x81; lead <= 0xfe; lead++) {
    for (let trail = 0x40; trail <= 0xfe; trail++) {
      if (trail !== 0x7f) table.set(decoder.decode(Buffer.of(lead, trail)), [lead, trail])
    }
  }
  return table
}
