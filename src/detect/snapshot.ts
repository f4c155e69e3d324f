import { createHash } from 'node:crypto'
import type { AllowListEntry } from '../model/allow-list.ts'
import type { Cell } from './cell.ts'
import type { DeadlinesImage } from './deadlines.ts'
import type { Episode } from './episode.ts'
import type { KeyStatesImage } from './key-states.ts'
import type { ParametersInForce } from './parameters.ts'
import type { Plan } from './plan.ts'
import { PARTITIONS } from './statistics/hash.ts'

/**
 * A partition's state as bytes (all numbers little-endian):
 *
 *     8 bytes   "YJSTATE1"
 *     4 bytes   length of the header
 *     header    JSON: epoch, partition, and a section a detector: version, layout, plan, seq, log time, parameters,
 *               allowed keys, episodes, free lists, and how many words of the body are its arena and its references
 *     body      the arenas' words and the references, section by section
 *     32 bytes  SHA-256 of everything before
 *
 * `layout` is the version of the arena's contents: 1, sorted lists; 2, rings and crowds beside them; 3, a member that is
 * seen more than once in a bin is noted each time. What an older one does not tell cannot be made up: its detector is
 * rebuilt from the log.
 */
const MAGIC = 'YJSTATE1'
const LAYOUT = 3
const CHECKSUM_BYTES = 32
const HEADER_AT = MAGIC.length + 4

/** Why state is not taken over from a snapshot. */
export type Refusal = 'torn' | 'other-epoch' | 'other-partition' | 'other-version' | 'other-layout' | 'absent'

/** A cell's content as a snapshot holds it. */
export interface RestoredCell {
  readonly seq: number
  /** Log time at `seq`, epoch milliseconds. */
  readonly logTime: number
  readonly parameters: ParametersInForce
  /** Entries of the allow-list for its keys. */
  readonly allowed: readonly AllowListEntry[]
  readonly image: KeyStatesImage
  readonly deadlines: DeadlinesImage
  /** See `Cell.liveSince`. */
  readonly liveSince: number | null
}

interface Section {
  readonly detector: string
  readonly version: number
  readonly layout: number
  /** Unit, lateness and reaches the lists were kept by. */
  readonly plan: string
  readonly seq: number
  readonly logTime: number
  readonly parameters: ParametersInForce
  /** Absent: no key of the partition is on the allow-list. */
  readonly allowed?: readonly AllowListEntry[]
  /** Only of a detector whose items fall due. */
  readonly deadlines?: DeadlinesImage
  /** Absent: it has judged since the log began. */
  readonly liveSince?: number | null
  /** Absent: no key is in the inventory. */
  readonly inventory?: KeyStatesImage['inventory']
  readonly episodes: readonly (readonly [number, Episode])[]
  readonly freed: readonly number[]
  readonly arenaWords: number
  readonly references: number
}

interface Header {
  readonly epoch: string
  readonly partition: number
  readonly partitions: number
  readonly sections: readonly Section[]
}

/** Writes the cells of one partition. */
export function encodeSnapshot(o: { epoch: string; partition: number; cells: readonly Cell[] }): Uint8Array {
  const images = o.cells.map((cell) => cell.states.image())
  const header: Header = {
    epoch: o.epoch,
    partition: o.partition,
    partitions: PARTITIONS,
    sections: o.cells.map((cell, i) => sectionOf(cell, images[i] as KeyStatesImage)),
  }
  const headerBytes = Buffer.from(JSON.stringify(header))
  const start = Buffer.alloc(HEADER_AT)
  start.write(MAGIC, 'latin1')
  start.writeUInt32LE(headerBytes.length, MAGIC.length)
  const body = images.flatMap(({ arena, references }) => [bytesOf(arena.words), bytesOf(Uint32Array.from(references))])
  const content = Buffer.concat([start, headerBytes, ...body])
  return Buffer.concat([content, createHash('sha256').update(content).digest()])
}

/** Reads a snapshot; a word instead of it says why it is refused whole. */
export function decodeSnapshot(
  bytes: Uint8Array,
  expected: { epoch: string; partition: number },
): { section(plan: Plan): RestoredCell | Refusal } | Refusal {
  const snapshot = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const content = snapshot.subarray(0, -CHECKSUM_BYTES)
  if (content.length < HEADER_AT || content.toString('latin1', 0, MAGIC.length) !== MAGIC) return 'torn'
  const checksum = createHash('sha256').update(content).digest()
  if (!checksum.equals(snapshot.subarray(-CHECKSUM_BYTES))) return 'torn'
  const headerEnd = HEADER_AT + content.readUInt32LE(MAGIC.length)
  const header = JSON.parse(content.toString('utf8', HEADER_AT, headerEnd)) as Header
  if (header.epoch !== expected.epoch) return 'other-epoch'
  if (header.partition !== expected.partition || header.partitions !== PARTITIONS) return 'other-partition'
  return { section: (plan) => readSection(plan, header.sections, content.subarray(headerEnd)) }
}

function sectionOf(cell: Cell, { arena, references, episodes, inventory }: KeyStatesImage): Section {
  return {
    detector: cell.plan.detector.id,
    version: cell.plan.detector.version,
    layout: LAYOUT,
    plan: planWord(cell.plan),
    seq: cell.seq,
    logTime: cell.logTime,
    parameters: cell.parameters,
    ...(cell.allowed.entries.length > 0 && { allowed: cell.allowed.entries }),
    ...(cell.deadlines && { deadlines: cell.deadlines.image() }),
    ...(cell.liveSince !== 0 && { liveSince: cell.liveSince }),
    ...(inventory.length > 0 && { inventory }),
    episodes,
    freed: arena.freed,
    arenaWords: arena.words.length,
    references: references.length,
  }
}

function readSection(plan: Plan, sections: readonly Section[], body: Buffer): RestoredCell | Refusal {
  let at = 0
  for (const section of sections) {
    const arenaEnd = at + section.arenaWords * 4
    const end = arenaEnd + section.references * 4
    if (section.detector === plan.detector.id) {
      if (section.version !== plan.detector.version) return 'other-version'
      if (section.layout !== LAYOUT || section.plan !== planWord(plan)) return 'other-layout'
      const image: KeyStatesImage = {
        arena: { words: wordsOf(body.subarray(at, arenaEnd)), freed: section.freed },
        references: Array.from(wordsOf(body.subarray(arenaEnd, end))),
        episodes: section.episodes,
        inventory: section.inventory ?? [],
      }
      const { seq, logTime, parameters, allowed = [], deadlines = NO_DEADLINES, liveSince = 0 } = section
      return { seq, logTime, parameters, allowed, image, deadlines, liveSince }
    }
    at = end
  }
  return 'absent'
}

/** No item, and no source has said anything. */
export const NO_DEADLINES: DeadlinesImage = { sources: [], marks: [] }

/** Lists kept by another plan hold other bins, even where the detector's version was forgotten. */
function planWord({ unit, lateness, reach, memberReach, amounts, waits, nameWord }: Plan): string {
  const form = [...(waits ? ['waits'] : []), ...(nameWord === null ? [] : ['named'])]
  return [unit, lateness, reach, memberReach, ...amounts, ...form].join(' ')
}

function bytesOf(words: Uint32Array): Uint8Array {
  return new Uint8Array(words.buffer, words.byteOffset, words.byteLength)
}

/** A copy, since the bytes may lie at any offset. */
function wordsOf(bytes: Uint8Array): Uint32Array {
  return new Uint32Array(Uint8Array.from(bytes).buffer)
}
