import type { JsMsg } from '@nats-io/jetstream'
import { type KV, Kvm } from '@nats-io/kv'
import { AppendSuperseded, RevisionConflict } from '../model/errors.ts'
import type { LogParts } from './log-parts.ts'
import { readOrdered } from './ordered-reader.ts'
import type { BucketName } from './streams.ts'

/** A value and the revision of its last change; revisions count up over the whole bucket. */
export interface BucketEntry<T> {
  readonly key: string
  readonly value: T
  readonly revision: number
}

/** A change as the watch tells it; `value` null: the key was deleted. */
export interface BucketChange<T> {
  readonly key: string
  readonly value: T | null
  readonly revision: number
}

/** Keys (letters, digits, `-/=._`) with JSON values, of which only the last is kept. All methods may throw `log.unavailable`. */
export interface Bucket<T> {
  get(key: string): Promise<{ value: T; revision: number } | null>
  /** Throws `RevisionConflict` when the key has a value. Answers with the revision. */
  create(key: string, value: T): Promise<number>
  /** Throws `RevisionConflict` when the key is not at this revision. Answers with the new one. */
  update(key: string, value: T, revision: number): Promise<number>
  put(key: string, value: T): Promise<number>
  /** With a revision: throws `RevisionConflict` when the key is not at it. A marker stays that tells every watch. */
  delete(key: string, revision?: number): Promise<void>
  /** Drops what is left of a deleted key, its marker included, up to this revision; later changes of the key stay. */
  forget(key: string, revision: number): Promise<void>
  /** The current values in order of revision, then every change, without end; a key that changes often shows its latest. */
  watch(signal: AbortSignal): AsyncIterable<BucketChange<T>>
  /** Revision of the last change of all, 0 in an empty bucket. */
  lastRevision(): Promise<number>
  /** All values at one moment, in order of revision. */
  entries(): Promise<BucketEntry<T>[]>
}

const READ_AHEAD = 1_000

/** Creates the bucket when it is missing: one value a key, on disk, read from the leader. */
export async function ensureBucket(parts: LogParts, name: BucketName): Promise<KV> {
  return await new Kvm(parts.jetstream).create(name, { history: 1, allow_direct: false })
}

/** The bucket with values of type T; who writes another type into it breaks its readers. */
export function createBucket<T>(parts: LogParts, name: BucketName, kv: KV): Bucket<T> {
  const { manager, state } = parts
  const stream = `KV_${name}`
  const encode = (value: T) => JSON.stringify(value)

  async function changing<R>(key: string, send: () => Promise<R>): Promise<R> {
    try {
      return await state.ask(send)
    } catch (error) {
      throw error instanceof AppendSuperseded ? new RevisionConflict(key) : error
    }
  }

  // With one value a key the stream holds exactly the last value of each key: reading it from the start is the state.
  async function* watch(signal: AbortSignal): AsyncGenerator<BucketChange<T>> {
    for await (const message of readOrdered(parts, { stream, from: 1, signal, ahead: READ_AHEAD }))
      yield toChange<T>(name, message)
  }

  return {
    async get(key) {
      const entry = await state.ask(() => kv.get(key))
      return entry?.operation === 'PUT' ? { value: entry.json<T>(), revision: entry.revision } : null
    },
    create: (key, value) => changing(key, () => kv.create(key, encode(value))),
    update: (key, value, revision) => changing(key, () => kv.update(key, encode(value), revision)),
    put: (key, value) => changing(key, () => kv.put(key, encode(value))),
    async delete(key, revision) {
      if (revision === undefined) return await state.ask(() => kv.delete(key))
      await changing(key, () => kv.delete(key, { previousSeq: revision }))
    },
    async forget(key, revision) {
      await state.ask(() => manager.streams.purge(stream, { filter: `$KV.${name}.${key}`, seq: revision + 1 }))
    },
    watch,
    async lastRevision() {
      return (await state.ask(() => manager.streams.info(stream))).state.last_seq
    },
    async entries() {
      const last = await state.ask(() => manager.streams.getMessage(stream, { last_by_subj: `$KV.${name}.>` }))
      if (last === null) return []
      const entries = new Map<string, BucketEntry<T>>()
      const enough = new AbortController()
      for await (const { key, value, revision } of watch(enough.signal)) {
        entries.delete(key)
        if (value !== null) entries.set(key, { key, value, revision })
        if (revision >= last.seq) enough.abort()
      }
      return [...entries.values()]
    },
  }
}

function toChange<T>(name: BucketName, message: JsMsg): BucketChange<T> {
  const deleted = message.headers?.has('KV-Operation') ?? false
  return {
    key: message.subject.slice(`$KV.${name}.`.length),
    value: deleted ? null : message.json<T>(),
    revision: message.seq,
  }
}
