import { setTimeout as sleep } from 'node:timers/promises'
import type { Static, TSchema } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import type { Logger } from '../telemetry/logger.ts'
import type { ConfigBucket } from './bucket-port.ts'

/** Pause before a broken watch is opened again. */
const REOPEN_MS = 1_000
/** An older value arrives late by seconds, not by so many deletions. */
const DELETIONS_KEPT = 10_000

/**
 * The entries of one prefix, held in memory and kept current by the bucket's watch, so that every request is answered
 * without a round trip and a revocation on any replica is seen at once.
 */
export interface Mirror<T> {
  /** Resolves when everything the bucket held at the call is in memory. */
  start(): Promise<void>
  stop(): Promise<void>
  get(id: string): Mirrored<T> | null
  all(): IterableIterator<[string, Mirrored<T>]>
  /** Takes a change of our own before the watch brings it. */
  apply(id: string, value: T | null, revision: number): void
}

export interface Mirrored<T> {
  readonly value: T
  readonly revision: number
}

export function createMirror<S extends TSchema>(options: {
  bucket: ConfigBucket
  prefix: string
  schema: S
  logger: Logger
  /** Told after each change, whoever made it. */
  onChange?: () => void
}): Mirror<Static<S>> {
  const { bucket, prefix, schema, logger, onChange = () => {} } = options
  const values = new Map<string, Mirrored<Static<S>>>()
  /** Revisions of deletions, so that an older value that arrives late does not come back to life. */
  const deleted = new Map<string, number>()
  const abort = new AbortController()
  let running: Promise<void> = Promise.resolve()

  function apply(id: string, value: unknown, revision: number): void {
    const known = values.get(id)?.revision ?? deleted.get(id) ?? -1
    if (revision <= known) return
    if (value === null || value === undefined) {
      values.delete(id)
      deleted.set(id, revision)
      if (deleted.size > DELETIONS_KEPT) deleted.delete(deleted.keys().next().value ?? '')
    } else if (Value.Check(schema, value)) {
      values.set(id, { value, revision })
      deleted.delete(id)
    } else {
      // An entry nobody understands grants nothing; the one it replaces must not live on.
      values.delete(id)
      logger.warn({ entry: `${prefix}${id}`, revision }, 'ignoring an access entry of unknown shape')
    }
    onChange()
  }

  async function load(): Promise<void> {
    const upTo = await bucket.lastRevision()
    const present = new Set<string>()
    for (const { key, value, revision } of await bucket.entries()) {
      if (!key.startsWith(prefix)) continue
      const id = key.slice(prefix.length)
      present.add(id)
      apply(id, value, revision)
    }
    for (const [id, { revision }] of values) if (revision <= upTo && !present.has(id)) values.delete(id)
  }

  async function follow(): Promise<void> {
    while (!abort.signal.aborted) {
      try {
        for await (const { key, value, revision } of bucket.watch(abort.signal)) {
          if (key.startsWith(prefix)) apply(key.slice(prefix.length), value, revision)
        }
        if (abort.signal.aborted) return
      } catch (error) {
        if (abort.signal.aborted) return
        logger.warn({ err: error, prefix }, 'the watch over access entries broke; opening it again')
      }
      await sleep(REOPEN_MS, undefined, { signal: abort.signal }).catch(() => undefined)
      // What was deleted while nobody watched is not told again: compare with the whole.
      await load().catch((error: unknown) => logger.warn({ err: error, prefix }, 'access entries cannot be read'))
    }
  }

  return {
    async start() {
      await load()
      running = follow()
    },
    async stop() {
      abort.abort()
      await running
    },
    get: (id) => values.get(id) ?? null,
    all: () => values.entries(),
    apply,
  }
}
