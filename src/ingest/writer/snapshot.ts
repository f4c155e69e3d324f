import { createHash } from 'node:crypto'
import { Bloom, type BloomLayer } from './bloom.ts'
import { Corrections, type CorrectionsImage } from './corrections.ts'
import { ENTRY_WORDS, IdIndex } from './id-index.ts'
import { RECORD_WORDS } from './record-packing.ts'
import { Register } from './register.ts'
import { RegisterTable } from './register-table.ts'
import { type ControlsInForce, noControls, type WriterState } from './writer-state.ts'

/**
 * The state of the writer as bytes, all numbers little-endian:
 *
 *     8  magic, layout version       32  SHA-256 of all that follows        4  length of the head       head (JSON)
 *     sections in the order and with the lengths that the head says: recent ids (7 words each), layers of the filter,
 *     records of the register (22 words each)
 */
const MAGIC = 'YJWRITR'
const LAYOUT = 1
const DIGEST_BYTES = 32
const HEAD_AT = MAGIC.length + 1 + DIGEST_BYTES

interface Head {
  readonly epoch: string
  readonly seq: number
  readonly logTime: number
  readonly controls: ControlsInForce
  /** Absent where it was written before events could be corrected. */
  readonly corrections?: CorrectionsImage
  readonly ids: number
  readonly layers: readonly { readonly words: number; readonly ids: number }[]
  readonly kinds: readonly string[]
  readonly records: number
}

export function encodeSnapshot(state: WriterState, epoch: string): Uint8Array {
  const ids = pack(state.ids.entries(), ENTRY_WORDS)
  const records = pack(state.register.table.packed(), RECORD_WORDS)
  const layers = state.ids.old.layers
  const head: Head = {
    epoch,
    seq: state.seq,
    logTime: state.logTime,
    controls: state.controls,
    corrections: state.corrections.image(),
    ids: ids.length / ENTRY_WORDS,
    layers: layers.map(({ bits, ids: held }) => ({ words: bits.length, ids: held })),
    kinds: state.register.table.words.words,
    records: records.length / RECORD_WORDS,
  }
  const headBytes = Buffer.from(JSON.stringify(head))
  const length = Buffer.alloc(4)
  length.writeUInt32LE(headBytes.length)
  const body = Buffer.concat([length, headBytes, ...[ids, ...layers.map(({ bits }) => bits), records].map(bytesOf)])
  return Buffer.concat([Buffer.from(MAGIC), Buffer.of(LAYOUT), createHash('sha256').update(body).digest(), body])
}

/**
 * @returns null when the bytes are torn, of another layout or of another log: the older snapshot is to be tried
 */
export function decodeSnapshot(snapshot: Uint8Array, epoch: string): WriterState | null {
  const bytes = Buffer.from(snapshot.buffer, snapshot.byteOffset, snapshot.byteLength)
  if (bytes.length < HEAD_AT + 4 || bytes.toString('latin1', 0, MAGIC.length) !== MAGIC) return null
  if (bytes[MAGIC.length] !== LAYOUT) return null
  const digest = createHash('sha256').update(bytes.subarray(HEAD_AT)).digest()
  if (!digest.equals(bytes.subarray(MAGIC.length + 1, HEAD_AT))) return null
  const headEnd = HEAD_AT + 4 + bytes.readUInt32LE(HEAD_AT)
  const head = JSON.parse(bytes.toString('utf8', HEAD_AT + 4, headEnd)) as Head
  if (head.epoch !== epoch) return null
  let at = headEnd
  const take = (words: number): Uint32Array => {
    const section = wordsOf(bytes.subarray(at, at + words * 4))
    at += words * 4
    return section
  }
  const recent = take(head.ids * ENTRY_WORDS)
  const layers = head.layers.map((layer): BloomLayer => ({ bits: take(layer.words), ids: layer.ids }))
  const records = take(head.records * RECORD_WORDS)
  const ids = new IdIndex(new Bloom(layers))
  ids.load(recent)
  const table = new RegisterTable()
  for (const kind of head.kinds) table.words.numberOf(kind)
  table.load(records)
  const { seq, logTime } = head
  // One that was written before a kind of entry existed has heard of none of them.
  const controls = { ...noControls(), ...head.controls }
  const corrections = new Corrections(head.corrections)
  return { seq, logTime, writer: '', ids, register: new Register(table), corrections, controls }
}

function pack(entries: Iterable<Uint32Array>, words: number): Uint32Array {
  let packed = new Uint32Array(1_024 * words)
  let used = 0
  for (const entry of entries) {
    if (used + words > packed.length) {
      const larger = new Uint32Array(packed.length * 2)
      larger.set(packed)
      packed = larger
    }
    packed.set(entry, used)
    used += words
  }
  return packed.subarray(0, used)
}

function bytesOf(words: Uint32Array): Buffer {
  return Buffer.from(words.buffer, words.byteOffset, words.byteLength)
}

/** Copied, because words must start at a multiple of four bytes. */
function wordsOf(bytes: Buffer): Uint32Array {
  const words = new Uint32Array(bytes.length / 4)
  bytesOf(words).set(bytes)
  return words
}
