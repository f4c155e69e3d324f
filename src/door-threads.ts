import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { FromDoorWorker, SentPortion, ToDoorWorker } from './door-messages.ts'
import { packageRoot } from './embedded/package-root.ts'
import { PreparedEvents } from './ingest/prepared-events.ts'
import type { Portion, Preparer, SentBody } from './ingest/preparer.ts'
import { YujingError } from './model/errors.ts'

/** MiB where what is new lives in such a thread: nearly all of it dies with its event. */
const YOUNG_MIB = 32

/** The door's threads at work. */
export interface DoorThreads extends Preparer {
  /** Ends the threads; what is in work there fails with `log.unavailable`. */
  stop(): Promise<void>
}

/** What of a request has come from its thread, in order, and who waits for more. */
interface InWork {
  readonly arrived: FromDoorWorker[]
  wake: () => void
}

interface Thread {
  readonly worker: Worker
  /** Requests it has in work. */
  requests: number
}

/**
 * Starts threads (1 to 16) that prepare what requests hold. Each request is one thread's: the one with the fewest.
 *
 * @param onFatal a thread has ended although nobody stopped it
 */
export function startDoorThreads(o: {
  readonly threads: number
  readonly personKey: Buffer
  readonly onFatal: (error: Error) => void
}): DoorThreads {
  const requests = new Map<number, InWork>()
  let asked = 0
  let over = false

  function end(): void {
    over = true
    for (const { wake } of requests.values()) wake()
  }

  const threads = Array.from({ length: o.threads }, (): Thread => {
    const worker = new Worker(workerFile(), {
      workerData: { personKey: Uint8Array.from(o.personKey) },
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MIB * 3 },
    })
    const fail = (error: Error): void => {
      if (!over) o.onFatal(error)
      end()
    }
    worker.on('error', fail)
    worker.on('exit', () => fail(new Error('a thread of the door has ended')))
    worker.on('message', (message: FromDoorWorker) => {
      const request = requests.get(message.id)
      request?.arrived.push(message)
      request?.wake()
    })
    return { worker, requests: 0 }
  })

  async function arrival(request: InWork): Promise<FromDoorWorker> {
    for (;;) {
      if (over) throw new YujingError('log.unavailable')
      const next = request.arrived.shift()
      if (next !== undefined) return next
      await new Promise<void>((resolve) => {
        request.wake = resolve
      })
    }
  }

  return {
    async *prepare(sent: SentBody, now: () => number) {
      if (over) throw new YujingError('log.unavailable')
      const thread = threads.reduce((least, one) => (one.requests < least.requests ? one : least))
      const id = asked++
      const request: InWork = { arrived: [], wake: () => {} }
      const post = (message: ToDoorWorker, transfer: ArrayBuffer[] = []) => thread.worker.postMessage(message, transfer)
      requests.set(id, request)
      thread.requests += 1
      let isOver = false
      try {
        // Copies go: whoever asks may need the bodies again.
        const parts = sent.parts.map((part) => ({ ...part, body: new Uint8Array(part.body) }))
        const owned = parts.map(({ body }) => body.buffer)
        post({ type: 'prepare', id, sent: { ...sent, parts }, now: now() }, owned)
        for (;;) {
          const message = await arrival(request)
          if (message.type !== 'portion') isOver = true
          if (message.type === 'end') return
          if (message.type === 'refused') throw new YujingError(message.code, message.message)
          if (message.type === 'failed') throw new Error(`a thread of the door failed on a request: ${message.stack}`)
          yield portionOf(message.portion)
          post({ type: 'next', id, now: now() })
        }
      } finally {
        if (!isOver) post({ type: 'leave', id })
        requests.delete(id)
        thread.requests -= 1
      }
    },
    async stop() {
      end()
      await Promise.all(threads.map(({ worker }) => worker.terminate()))
    },
  }
}

function portionOf({ heads, bytes, ...portion }: SentPortion): Portion {
  return { ...portion, events: new PreparedEvents(heads, bytes) }
}

/** A thread runs JavaScript, also when we ourselves run from the sources under a test. */
function workerFile(): string {
  return join(packageRoot(), 'dist/src/door-worker.js')
}
