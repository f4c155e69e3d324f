import { headers } from '@nats-io/nats-core'
import type { Finding } from '../model/finding.ts'
import type { Bucket } from './bucket.ts'
import { createFloor } from './floor.ts'
import type { LogParts } from './log-parts.ts'
import { readOrdered } from './ordered-reader.ts'
import { FINDINGS } from './streams.ts'

/** Where a reader goes on after a restart. */
export interface ReaderPosition {
  /** Every finding up to and including this sequence is acknowledged. */
  readonly floor: number
}

/** What detection says, on its way to whoever acts on it. */
export interface FindingLog {
  /** Resolves once the server has it. The same finding again is dropped by the server for ten minutes. */
  publish(finding: Finding): Promise<void>
  /**
   * Hands out every finding in order, at least once, one call of `handle` at a time. Acknowledging may happen later and
   * in any order: after a restart everything from the oldest one that was not acknowledged comes again. `name` keeps
   * the place. Ends when aborted; a rejection of `handle` ends it too.
   */
  consume(
    name: string,
    handle: (finding: Finding, ack: () => void) => Promise<void> | void,
    signal: AbortSignal,
  ): Promise<void>
}

const PUBLISH_TIMEOUT_MS = 5_000
const READ_AHEAD = 500
const SAVE_EVERY_MS = 250

/** The findings over a connection whose streams exist. */
export function createFindingLog(parts: LogParts, positions: Bucket<ReaderPosition>): FindingLog {
  const { jetstream, manager, state, logger } = parts

  async function startOf(key: string): Promise<number> {
    const saved = (await positions.get(key))?.value.floor ?? 0
    const { first_seq, last_seq } = (await state.ask(() => manager.streams.info(FINDINGS))).state
    // A floor above the end belongs to a stream that is gone: begin anew, the reader recognises what it knows.
    const floor = saved <= last_seq ? saved : 0
    if (floor > 0 && first_seq > floor + 1)
      logger.error({ reader: key, from: floor + 1, to: first_seq - 1 }, 'findings expired before they were read')
    return Math.max(floor, first_seq - 1)
  }

  return {
    async publish(finding) {
      const { alertId, kind, detector, evidence, due } = finding
      const set = headers()
      set.set('Nats-Msg-Id', `${alertId}:${evidence.position.seq}:${evidence.position.index}:${due ?? ''}:${kind}`)
      const options = { headers: set, timeout: PUBLISH_TIMEOUT_MS }
      await state.ask(() => jetstream.publish(`yujing.findings.${detector}`, JSON.stringify(finding), options))
    },

    async consume(name, handle, signal) {
      const key = `findings.${name}`
      const start = await startOf(key)
      const floor = createFloor(start)
      let saved = start
      const save = async () => {
        const reached = floor.value()
        if (reached === saved) return
        await positions.put(key, { floor: reached })
        saved = reached
      }
      const saving = setInterval(() => {
        save().catch((error) => logger.debug({ err: error, reader: key }, 'the place is kept later'))
      }, SAVE_EVERY_MS)
      try {
        const read = { stream: FINDINGS, from: start + 1, signal, ahead: READ_AHEAD }
        for await (const message of readOrdered(parts, read)) {
          floor.begin(message.seq)
          await handle(message.json<Finding>(), () => floor.finish(message.seq))
        }
      } finally {
        clearInterval(saving)
        await save().catch((error) =>
          logger.warn({ err: error, reader: key }, 'the place is not kept; findings come again'),
        )
      }
    },
  }
}
