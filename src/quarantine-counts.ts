import { setTimeout as sleep } from 'node:timers/promises'
import type { Quarantined, QuarantineLog } from './log/quarantine-log.ts'
import type { Logger } from './telemetry/logger.ts'

const COUNTED = 'quarantine.counted'
const RETRY_MS = 2_000
/** Refusals counted at once, and how long the first of them waits for more: each insert is a part for ClickHouse to merge. */
const MOST_AT_ONCE = 2_000
const GATHER_MS = 200

/** Where it is kept how far has been counted. */
interface CountedBucket {
  get(key: string): Promise<{ readonly value: number } | null>
  put(key: string, value: number): Promise<number>
}

/**
 * quarantine -> store: counts what was refused, by code. A crash between the count and its note counts a refusal twice;
 * the entry itself stands once in the quarantine.
 */
export function createQuarantineCounts(options: {
  quarantine: Pick<QuarantineLog, 'read'>
  store: {
    countQuarantined(refused: readonly { code: string; source: string; receivedAt: number }[]): Promise<void>
  }
  bucket: CountedBucket
  logger: Logger
}) {
  const { quarantine, store, bucket, logger } = options
  const stopping = new AbortController()
  const { signal } = stopping
  let running = Promise.resolve()

  async function follow(): Promise<void> {
    const counted = (await bucket.get(COUNTED))?.value ?? 0
    for await (const refused of gathered(quarantine.read(counted + 1, signal))) {
      await store.countQuarantined(
        refused.map(({ entry: { code, source, receivedAt } }) => ({ code, source, receivedAt })),
      )
      await bucket.put(COUNTED, (refused.at(-1) as Quarantined).seq)
    }
  }

  async function insist(): Promise<void> {
    while (!signal.aborted) {
      try {
        await follow()
      } catch (error) {
        if (signal.aborted) return
        logger.warn({ err: error }, 'the count of refused events tries again')
        await sleep(RETRY_MS, undefined, { signal }).catch(() => {})
      }
    }
  }

  return {
    start() {
      running = insist()
    },
    async stop() {
      stopping.abort()
      await running
    },
  }
}

/** What comes one by one in groups: a group closes when it is full, or a moment after its first member. */
async function* gathered<T>(source: AsyncIterable<T>): AsyncGenerator<readonly T[]> {
  const members = source[Symbol.asyncIterator]()
  let next = members.next()
  try {
    for (;;) {
      const first = await next
      if (first.done) return
      const group = [first.value]
      next = members.next()
      const closing = sleep(GATHER_MS, 'closed' as const)
      while (group.length < MOST_AT_ONCE) {
        const more = await Promise.race([next, closing])
        if (more === 'closed' || more.done) break
        group.push(more.value)
        next = members.next()
      }
      yield group
    }
  } finally {
    next.catch(() => {})
    await members.return?.()
  }
}
