import { StorageType } from '@nats-io/jetstream'
import { type ObjectStore, Objm, setSha256Backend } from '@nats-io/obj'
import type { LogParts } from './log-parts.ts'
import { SNAPSHOTS } from './streams.ts'

/** A snapshot that can be read. */
export interface SnapshotCandidate {
  /** The state held what the log held up to and including this sequence. */
  readonly seq: number
  /** Throws when it is damaged or has been replaced; then the next candidate may do. */
  read(): Promise<Uint8Array>
}

/**
 * States with the position they belong to; of each name the two highest of this log are kept. A log that was created anew
 * counts from 1: what another log left says nothing of this one, and goes once a name has two of this one.
 */
export interface Snapshots {
  /**
   * Saves bytes, or what they make one after the other. Never displaces one with a higher sequence: it is kept as well when
   * it is among the highest two, else dropped.
   */
  save(name: string, seq: number, bytes: Uint8Array | readonly Uint8Array[]): Promise<void>
  /** Those of a name and this log, highest sequence first; last those of which only their content tells the log. */
  candidates(name: string): Promise<SnapshotCandidate[]>
  /** The sequences in this log of every name that has any, highest first. */
  sequences(): Promise<ReadonlyMap<string, readonly number[]>>
}

/** An object in the bucket: its sequence, and the number under which its bytes lie. */
interface Held {
  readonly object: string
  readonly seq: number
  readonly nuid: string
}

/** What is there of one name, each highest sequence first. */
interface Shelf {
  /** Of this log. */
  own: Held[]
  /** Saved before names told the log: of this one or another. */
  unsaid: Held[]
  /** Of another log. */
  foreign: Held[]
}

const KEPT = 2
const KINDS = ['own', 'unsaid', 'foreign'] as const
const NAMED = /^(?<name>.+?)(\.(?<of>[0-9a-f]{16}))?\.(?<seq>\d+)$/

// Its own digests cost a quarter of a second of the one thread for every ten megabytes, those of node a twentieth of that.
setSha256Backend('native')

/** Creates the store of objects when it is missing. */
export async function ensureSnapshots(parts: LogParts): Promise<ObjectStore> {
  return await new Objm(parts.jetstream).create(SNAPSHOTS, { storage: StorageType.File })
}

/**
 * Snapshots as objects `<name>.<epoch of the log>.<seq>`.
 *
 * Earlier versions saved `<name>.<seq>`. Such a one is still offered, behind those of this log, and its own header decides
 * whether it is of this log; it displaces nothing and counts for nothing else.
 *
 * Listing the bucket costs far more than an upload, so what is there is listed once and then remembered. Another process
 * may have written since: then a save may keep one too many (the next listing finds it), but never removes one that is
 * among the highest two.
 */
export function createSnapshots({ manager, state }: LogParts, store: ObjectStore, epoch: string): Snapshots {
  const known = new Map<string, Shelf>()
  const list = sharing(async () => {
    const found = new Map<string, Shelf>()
    for (const { name: object, nuid } of await state.ask(() => store.list())) {
      const parts = NAMED.exec(object)?.groups
      if (!parts) continue
      const { name = '', of, seq } = parts
      const kind = of === undefined ? 'unsaid' : of === epoch ? 'own' : 'foreign'
      for (const shelves of [found, known]) add(shelfOf(shelves, name), kind, { object, seq: Number(seq), nuid })
    }
    return found
  })
  let isListed = false

  /** Bytes first: cut off in between, the next listing finds the name and the next save removes it. */
  async function remove({ object, nuid }: Held): Promise<void> {
    const mark = Buffer.from(object).toString('base64').replaceAll('+', '-').replaceAll('/', '_')
    // Not by the store's own delete: it leaves a mark for each name for ever, and every snapshot has a name of its own.
    for (const filter of [`$O.${SNAPSHOTS}.C.${nuid}`, `$O.${SNAPSHOTS}.M.${mark}`])
      await state.ask(() => manager.streams.purge(`OBJ_${SNAPSHOTS}`, { filter }))
  }

  return {
    async save(name, seq, bytes) {
      if (!isListed) await list()
      isListed = true
      const shelf = shelfOf(known, name)
      const lowestKept = shelf.own[KEPT - 1]
      if (lowestKept && seq <= lowestKept.seq) return
      const object = `${name}.${epoch}.${seq}`
      const { nuid } = await state.ask(() => store.put({ name: object }, streamOf(bytes)))
      add(shelf, 'own', { object, seq, nuid })
      const { own, unsaid, foreign } = shelf
      if (own.length < KEPT) return
      for (const surplus of [...own.slice(KEPT), ...unsaid, ...foreign]) {
        await remove(surplus)
        for (const kind of KINDS) shelf[kind] = shelf[kind].filter((held) => held !== surplus)
      }
    },
    async candidates(name) {
      const { own, unsaid } = shelfOf(await list(), name)
      return [...own, ...unsaid].map(({ object, seq }) => ({
        seq,
        async read() {
          const bytes = await state.ask(() => store.getBlob(object))
          if (bytes === null) throw new Error(`snapshot ${object} is not there any more`)
          return bytes
        },
      }))
    },
    async sequences() {
      const shelves = [...(await list())].filter(([, { own }]) => own.length > 0)
      return new Map(shelves.map(([name, { own }]) => [name, own.map(({ seq }) => seq)]))
    },
  }
}

/** In pieces, so that a large snapshot need not stand in one place once more. */
function streamOf(bytes: Uint8Array | readonly Uint8Array[]): ReadableStream<Uint8Array> {
  const pieces = bytes instanceof Uint8Array ? [bytes] : bytes
  let next = 0
  return new ReadableStream({
    pull(controller) {
      const piece = pieces[next++]
      if (piece === undefined) controller.close()
      else controller.enqueue(piece)
    },
  })
}

function shelfOf(shelves: Map<string, Shelf>, name: string): Shelf {
  const shelf = shelves.get(name) ?? { own: [], unsaid: [], foreign: [] }
  shelves.set(name, shelf)
  return shelf
}

/** Puts one among its kind, the highest first; a newer object of the same name takes the older's place. */
function add(shelf: Shelf, kind: keyof Shelf, one: Held): void {
  const others = shelf[kind].filter(({ object }) => object !== one.object)
  shelf[kind] = [...others, one].sort((a, b) => b.seq - a.seq)
}

/** Whoever asks while a run is under way shares the next one with all who do: no answer is older than its question. */
function sharing<T>(run: () => Promise<T>): () => Promise<T> {
  let running: Promise<T> | null = null
  let next: Promise<T> | null = null
  const begin = (): Promise<T> => {
    next = null
    const mine = run().finally(() => {
      if (running === mine) running = null
    })
    running = mine
    return mine
  }
  return () => {
    if (running === null) return begin()
    next ??= running.then(begin, begin)
    return next
  }
}
