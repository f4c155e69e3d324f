import { setTimeout as sleep } from 'node:timers/promises'
import type { QuarantineLog } from './log/quarantine-log.ts'
import type { Logger } from './telemetry/logger.ts'

const COUNTED = 'quarantine.counted'
const RETRY_MS = 2_000

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
    for await (const { seq, entry } of quarantine.read(counted + 1, signal)) {
      const { code, source, receivedAt } = entry
      await store.countQuarantined([{ code, source, receivedAt }])
      await bucket.put(COUNTED, seq)
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
