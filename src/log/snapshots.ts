import { StorageType } from '@nats-io/jetstream'
import { type ObjectStore, Objm } from '@nats-io/obj'
import type { LogParts } from './log-parts.ts'
import { SNAPSHOTS } from './streams.ts'

/** A snapshot that can be read. */
export interface SnapshotCandidate {
  /** The state held what the log held up to and including this sequence. */
  readonly seq: number
  /** Throws when it is damaged or has been replaced; then the next candidate may do. */
  read(): Promise<Uint8Array>
}

/** States with the position they belong to; of each name the two highest are kept. */
export interface Snapshots {
  /** Never displaces one with a higher sequence: it is kept as well when it is among the highest two, else dropped. */
  save(name: string, seq: number, bytes: Uint8Array): Promise<void>
  /** Those of a name, highest sequence first. */
  candidates(name: string): Promise<SnapshotCandidate[]>
  /** The sequences of every name that has any, highest first. */
  sequences(): Promise<ReadonlyMap<string, readonly number[]>>
}

/** An object in the bucket: its sequence, and the number under which its bytes lie. */
interface Held {
  readonly seq: number
  readonly nuid: string
}

const KEPT = 2

/** Creates the store of objects when it is missing. */
export async function ensureSnapshots(parts: LogParts): Promise<ObjectStore> {
  return await new Objm(parts.jetstream).create(SNAPSHOTS, { storage: StorageType.File })
}

/**
 * Snapshots as objects `<name>.<seq>`.
 *
 * Listing the bucket costs far more than an upload, so what is there is listed once and then remembered. Another process
 * may have written since: then a save may keep one too many (the next listing finds it), but never removes one that is
 * among the highest two.
 */
export function createSnapshots({ manager, state }: LogParts, store: ObjectStore): Snapshots {
  const known = new Map<string, Held[]>()
  const list = sharing(async () => {
    const found = new Map<string, Held[]>()
    for (const { name: object, nuid } of await state.ask(() => store.list())) {
      const dot = object.lastIndexOf('.')
      add(found, object.slice(0, dot), { seq: Number(object.slice(dot + 1)), nuid })
    }
    for (const [name, held] of found) for (const one of held) add(known, name, one)
    return found
  })
  let isListed = false

  /** Bytes first: cut off in between, the next listing finds the name and the next save removes it. */
  async function remove(name: string, { seq, nuid }: Held): Promise<void> {
    const mark = Buffer.from(`${name}.${seq}`).toString('base64').replaceAll('+', '-').replaceAll('/', '_')
    // Not by the store's own delete: it leaves a mark for each name for ever, and every snapshot has a name of its own.
    for (const filter of [`$O.${SNAPSHOTS}.C.${nuid}`, `$O.${SNAPSHOTS}.M.${mark}`])
      await state.ask(() => manager.streams.purge(`OBJ_${SNAPSHOTS}`, { filter }))
  }

  return {
    async save(name, seq, bytes) {
      if (!isListed) await list()
      isListed = true
      const lowestKept = known.get(name)?.[KEPT - 1]
      if (lowestKept && seq <= lowestKept.seq) return
      const { nuid } = await state.ask(() => store.putBlob({ name: `${name}.${seq}` }, bytes))
      add(known, name, { seq, nuid })
      for (const surplus of known.get(name)?.slice(KEPT) ?? []) {
        await remove(name, surplus)
        drop(known, name, surplus)
      }
    },
    async candidates(name) {
      return ((await list()).get(name) ?? []).map(({ seq }) => ({
        seq,
        async read() {
          const bytes = await state.ask(() => store.getBlob(`${name}.${seq}`))
          if (bytes === null) throw new Error(`snapshot ${name}.${seq} is not there any more`)
          return bytes
        },
      }))
    },
    async sequences() {
      return new Map([...(await list())].map(([name, held]) => [name, held.map(({ seq }) => seq)]))
    },
  }
}

/** Puts one among those of its name, the highest first; a newer object of the same sequence takes the older's place. */
function add(all: Map<string, Held[]>, name: string, one: Held): void {
  const others = (all.get(name) ?? []).filter(({ seq }) => seq !== one.seq)
  all.set(
    name,
    [...others, one].sort((a, b) => b.seq - a.seq),
  )
}

function drop(all: Map<string, Held[]>, name: string, one: Held): void {
  all.set(
    name,
    (all.get(name) ?? []).filter((held) => held !== one),
  )
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
