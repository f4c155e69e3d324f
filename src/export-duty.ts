import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Keys } from './access/keys.ts'
import type { Ground } from './ground.ts'
import type { ExportMessage, ExportPlace } from './log/export-log.ts'
import { exportedEvent } from './model/exported-event.ts'
import type { LogMessage } from './model/log-message.ts'
import { decodeBatch } from './model/row.ts'
import type { Stopping } from './stopping.ts'

/** Between two tries after a failure, and between two notes of the place, milliseconds. */
const RETRY_MS = 1_000
const NOTE_MS = 1_000

/**
 * log -> export, by one replica alone, while there is a key for it: each event at `yujing.export.<type>`, in the order of
 * the log. Begins with what comes after the first key; where it broke off it goes on, as far as the log still reaches.
 */
export async function startExport(
  ground: Pick<Ground, 'log' | 'clock' | 'logger' | 'metrics'>,
  keys: Pick<Keys, 'exports'>,
  stopping: Stopping,
): Promise<{ changed(): void }> {
  const { log, clock, metrics } = ground
  const logger = ground.logger.child({ part: 'export' })
  const over = new AbortController()
  const news = new EventTarget()

  async function beginning(): Promise<ExportPlace> {
    const place = await log.exports.place()
    if (place === null) {
      const first = { epoch: log.epoch, seq: await log.events.last(), index: null }
      await log.exports.keepPlace(first)
      return first
    }
    const before = (await log.events.first()) - 1
    if (place.epoch === log.epoch && place.seq >= before) return place
    logger.warn({ place, before }, 'events left the log before they were exported')
    return { epoch: log.epoch, seq: before, index: null }
  }

  async function follow(signal: AbortSignal): Promise<void> {
    await log.exports.keepReaders(keys.exports())
    const place = await beginning()
    const from = place.index === null ? place.seq + 1 : place.seq
    let noted = clock.now()
    for await (const message of log.events.read(from, signal)) {
      const done = message.seq === place.seq ? (place.index ?? -1) : -1
      const messages = messagesOf(message, done)
      await log.exports.publish(messages)
      metrics.exportedEventsTotal.inc(messages.length)
      if (clock.now() - noted < NOTE_MS) continue
      noted = clock.now()
      await log.exports.keepPlace({ epoch: log.epoch, seq: message.seq, index: null })
    }
  }

  async function insist(): Promise<void> {
    while (!over.signal.aborted) {
      const changed = new AbortController()
      const listen = () => changed.abort()
      news.addEventListener('keys', listen, { once: true })
      const signal = AbortSignal.any([over.signal, changed.signal])
      try {
        if (keys.exports().length > 0) await follow(signal)
        else {
          await log.exports.keepReaders([])
          if (!signal.aborted) await once(signal, 'abort')
        }
      } catch (error) {
        if (!over.signal.aborted) logger.warn({ err: error }, 'the export broke off; it goes on where it was')
        await sleep(RETRY_MS, undefined, { signal }).catch(() => {})
      } finally {
        news.removeEventListener('keys', listen)
      }
    }
  }

  const running = insist()
  stopping.onStop('export', async () => {
    over.abort()
    await running
  })
  return { changed: () => void news.dispatchEvent(new Event('keys')) }
}

/** Events of a message of the log, behind the one at an index. */
function messagesOf({ kind, payload }: LogMessage, done: number): ExportMessage[] {
  if (kind !== 'rows') return []
  return decodeBatch(payload).flatMap((event) => {
    const { epoch, seq, index } = event.position
    const exported = index > done ? exportedEvent(event) : null
    if (exported === null) return []
    return [{ type: event.type, msgId: `${epoch}-${seq}-${index}`, payload: JSON.stringify(exported) }]
  })
}
