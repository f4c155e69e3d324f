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
}

const KEPT = 2

/** Creates the store of objects when it is missing. */
export async function ensureSnapshots(parts: LogParts): Promise<ObjectStore> {
  return await new Objm(parts.jetstream).create(SNAPSHOTS, { storage: StorageType.File })
}

/** Snapshots as objects `<name>.<seq>`. */
export function createSnapshots({ manager, state }: LogParts, store: ObjectStore): Snapshots {
  async function sequences(name: string): Promise<number[]> {
    const found: number[] = []
    for (const info of await state.ask(() => store.list())) {
      const dot = info.name.lastIndexOf('.')
      if (info.name.slice(0, dot) === name) found.push(Number(info.name.slice(dot + 1)))
    }
    return found.sort((a, b) => b - a)
  }

  async function remove(object: string): Promise<void> {
    await state.ask(() => store.delete(object))
    // The store keeps a mark for each deleted name for ever, and every snapshot has a name of its own.
    const mark = Buffer.from(object).toString('base64').replaceAll('+', '-').replaceAll('/', '_')
    await state.ask(() => manager.streams.purge(`OBJ_${SNAPSHOTS}`, { filter: `$O.${SNAPSHOTS}.M.${mark}` }))
  }

  return {
    async save(name, seq, bytes) {
      const before = await sequences(name)
      if (before.length >= KEPT && seq <= (before[KEPT - 1] as number)) return
      await state.ask(() => store.putBlob({ name: `${name}.${seq}` }, bytes))
      for (const old of (await sequences(name)).slice(KEPT)) await remove(`${name}.${old}`)
    },
    async candidates(name) {
      return (await sequences(name)).map((seq) => ({
        seq,
        async read() {
          const bytes = await state.ask(() => store.getBlob(`${name}.${seq}`))
          if (bytes === null) throw new Error(`snapshot ${name}.${seq} is not there any more`)
          return bytes
        },
      }))
    },
  }
}
