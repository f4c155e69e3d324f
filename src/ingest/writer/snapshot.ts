import { createHash } from 'node:crypto'
import { Bloom, type BloomLayer } from './bloom.ts'
import { Corrections, type CorrectionsImage } from './corrections.ts'
import { IdIndex } from './id-index.ts'
import { ENTRY_WORDS } from './id-table.ts'
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

/** Largest piece of the filter of old ids that is copied at once, words. */
const FILTER_WORDS = 1 << 20

interface Head {
  readonly epoch: string
  readonly seq: number
  /** The ids may hold what came up to here: they were taken down while the log went on. Absent: up to `seq`. */
  readonly through?: number
  readonly logTime: number
  readonly controls: ControlsInForce
  /** Absent where it was written before events could be corrected. */
  readonly corrections?: CorrectionsImage
  readonly ids: number
  readonly layers: readonly { readonly words: number; readonly ids: number }[]
  readonly kinds: readonly string[]
  readonly records: number
}

/**
 * Takes the state down, a piece after each turn of the caller's, so that the door need not wait for millions of entries.
 * It is the state when this is called, while the log goes on: register, corrections and controls exactly; of the ids some
 * that came meanwhile, which replaying the log from here adds anyway. (Ids come to the filter only out of the table, and
 * are taken down after it: none is missed.)
 *
 * @returns yields after each piece; in the end the bytes, in order
 */
export function takeSnapshot(state: WriterState, epoch: string): Generator<void, Uint8Array[]> {
  const { seq, logTime, controls, corrections } = state
  const { table } = state.register
  // As text at once: entries that come into force later change these very objects.
  const inForce = JSON.stringify({ controls, corrections: corrections.image() })
  const kinds = [...table.words.words]
  const records = table.image()

  return (function* () {
    const enterprises = yield* piecesOf(records)
    const recent = yield* piecesOf(state.ids.packed())
    const layers = state.ids.old.layers.map(({ bits, ids }) => ({ bits, words: bits.length, ids }))
    const filter = yield* piecesOf(slicesOf(layers.map(({ bits }) => bits)))
    const head: Head = {
      epoch,
      seq,
      through: state.seq,
      logTime,
      ...(JSON.parse(inForce) as Required<Pick<Head, 'controls' | 'corrections'>>),
      ids: wordsIn(recent) / ENTRY_WORDS,
      layers: layers.map(({ words, ids }) => ({ words, ids })),
      kinds,
      records: wordsIn(enterprises) / RECORD_WORDS,
    }
    const headBytes = Buffer.from(JSON.stringify(head))
    const length = Buffer.alloc(4)
    length.writeUInt32LE(headBytes.length)
    const body = [length, headBytes, ...[...recent, ...filter, ...enterprises].map(bytesOf)]
    const digest = createHash('sha256')
    for (const piece of body) {
      digest.update(piece)
      yield
    }
    return [Buffer.from(MAGIC), Buffer.of(LAYOUT), digest.digest(), ...body]
  })()
}

function* piecesOf(source: Iterable<Uint32Array>): Generator<void, Uint32Array[]> {
  const pieces: Uint32Array[] = []
  for (const piece of source) {
    pieces.push(piece)
    yield
  }
  return pieces
}

/** Copies, since bits are set in them meanwhile. */
function* slicesOf(layers: readonly Uint32Array[]): Generator<Uint32Array> {
  for (const bits of layers)
    for (let at = 0; at < bits.length; at += FILTER_WORDS) yield bits.slice(at, at + FILTER_WORDS)
}

function wordsIn(pieces: readonly Uint32Array[]): number {
  return pieces.reduce((sum, { length }) => sum + length, 0)
}

/** What a snapshot holds, and up to which sequence the log must reach for it to be of this log. */
export interface SnapshotRead {
  readonly state: WriterState
  readonly through: number
}

/**
 * @returns null when the bytes are torn, of another layout or of another log: the older snapshot is to be tried
 */
export function decodeSnapshot(snapshot: Uint8Array, epoch: string): SnapshotRead | null {
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
  const state = { seq, logTime, writer: '', ids, register: new Register(table), corrections, controls }
  return { state, through: head.through ?? seq }
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
