import { parentPort, workerData } from 'node:worker_threads'
import type { DoorWorkerData, FromDoorWorker, ToDoorWorker } from './door-messages.ts'
import { INGEST_LIMITS } from './ingest/limits.ts'
import { createPreparer } from './ingest/prepare/prepare.ts'
import { YujingError } from './model/errors.ts'

/**
 * A thread of the door: takes bodies apart, judges their events and presses them into bytes. One portion of a request is
 * made ahead, while the one before is on its way to the log; the next waits until it is asked for.
 */

/** A request in work: the time it is judged by, and whom to wake when another portion may be made. */
interface InWork {
  now: number
  asked: number
  left: boolean
  wake: () => void
}

/** Portions that may be made before the first one is asked for. */
const AHEAD = 2

function work(post: (message: FromDoorWorker, transfer?: ArrayBuffer[]) => void): (message: ToDoorWorker) => void {
  const { personKey } = workerData as DoorWorkerData
  const preparer = createPreparer({ personKey: Buffer.from(personKey), limits: INGEST_LIMITS })
  const requests = new Map<number, InWork>()

  async function prepare({ id, sent, now }: Extract<ToDoorWorker, { type: 'prepare' }>): Promise<void> {
    const request: InWork = { now, asked: AHEAD, left: false, wake: () => {} }
    requests.set(id, request)
    try {
      for await (const { events, ...portion } of preparer.prepare(sent, () => request.now)) {
        const { heads, bytes } = events
        const owned = [heads.buffer, bytes.buffer] as ArrayBuffer[]
        post({ type: 'portion', id, portion: { ...portion, heads, bytes } }, owned)
        request.asked -= 1
        while (request.asked === 0 && !request.left) {
          await new Promise<void>((resolve) => {
            request.wake = resolve
          })
        }
        if (request.left) return
      }
      post({ type: 'end', id })
    } catch (error) {
      // What one request trips over must not end the thread: it would end the service, and be sent again.
      if (error instanceof YujingError) post({ type: 'refused', id, code: error.code, message: error.message })
      else post({ type: 'failed', id, stack: error instanceof Error ? (error.stack ?? error.message) : String(error) })
    } finally {
      requests.delete(id)
    }
  }

  return (message) => {
    if (message.type === 'prepare') {
      void prepare(message)
      return
    }
    const request = requests.get(message.id)
    if (request === undefined) return
    if (message.type === 'leave') request.left = true
    else {
      request.now = message.now
      request.asked += 1
    }
    request.wake()
  }
}

if (parentPort) {
  const port = parentPort
  port.on(
    'message',
    work((message, transfer) => port.postMessage(message, transfer)),
  )
}
