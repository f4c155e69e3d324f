import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { DetectFigures, DetectWorkerData, FromDetectWorker, ToDetectWorker } from './detect-messages.ts'
import { packageRoot } from './embedded/package-root.ts'
import type { FoundInventory, InventoryQuestion } from './model/inventory.ts'
import type { Logger } from './telemetry/logger.ts'

const STOP_DEADLINE_MS = 15_000

/** A detection thread seen from outside. */
export interface DetectThread {
  /** Resolves when it has caught up with what the log held at the start; rejects when it fails before. */
  readonly ready: Promise<void>
  /** Last sequence whose findings are all acknowledged. */
  position(): number
  /** Asks the thread's state about a key. */
  explain(detector: string, key: string): Promise<object | null>
  /** See `Shard.inventory`. */
  inventory(question: InventoryQuestion): Promise<FoundInventory>
  /** Resolves when it has written its snapshots and ended; a thread that does not is terminated. */
  stop(): Promise<void>
}

/** The built file: a thread runs JavaScript, also when we ourselves run from the sources under a test. */
function workerFile(): string {
  return join(packageRoot(), 'dist/src/detect-worker.js')
}

/** Starts a thread. `onFatal`: it has failed or ended although nobody stopped it. */
export function startDetectThread(o: {
  readonly data: Omit<DetectWorkerData, 'position'>
  readonly logger: Logger
  readonly onFigures: (figures: DetectFigures) => void
  readonly onFatal: (error: Error) => void
}): DetectThread {
  const shared = new SharedArrayBuffer(BigInt64Array.BYTES_PER_ELEMENT)
  const position = new BigInt64Array(shared)
  const worker = new Worker(workerFile(), { workerData: { ...o.data, position: shared } satisfies DetectWorkerData })
  const questions = new Map<number, { resolve: (answer: object | null) => void; reject: (error: Error) => void }>()
  let asked = 0
  let over = false
  let becomeReady = () => {}
  let failToBecomeReady = (_: Error) => {}
  const ready = new Promise<void>((resolve, reject) => {
    becomeReady = resolve
    failToBecomeReady = reject
  })
  ready.catch(() => {})
  const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()))

  function fail(error: Error): void {
    failToBecomeReady(error)
    for (const { reject } of questions.values()) reject(error)
    questions.clear()
    if (!over) o.onFatal(error)
    over = true
  }

  worker.on('error', fail)
  worker.on('exit', () => fail(new Error(`detection thread ${o.data.shard} has ended`)))
  worker.on('message', (message: FromDetectWorker) => {
    switch (message.type) {
      case 'ready':
        return becomeReady()
      case 'log':
        return passOn(o.logger, message.line)
      case 'figures':
        return o.onFigures(message)
      case 'answer':
        questions.get(message.id)?.resolve(message.answer)
        questions.delete(message.id)
    }
  })
  const post = (message: ToDetectWorker) => worker.postMessage(message)

  function ask(question: (id: number) => ToDetectWorker): Promise<object | null> {
    const id = asked++
    return new Promise((resolve, reject) => {
      if (over) return reject(new Error(`detection thread ${o.data.shard} has ended`))
      questions.set(id, { resolve, reject })
      post(question(id))
    })
  }

  return {
    ready,
    position: () => Number(Atomics.load(position, 0)),
    explain: (detector, key) => ask((id) => ({ type: 'explain', id, detector, key })),
    inventory: async (question) => (await ask((id) => ({ type: 'inventory', id, question }))) as FoundInventory,
    async stop() {
      over = true
      post({ type: 'stop' })
      const deadline = setTimeout(() => {
        o.logger.warn({ shard: o.data.shard }, 'a detection thread does not end and is terminated')
        void worker.terminate()
      }, STOP_DEADLINE_MS)
      await ended
      clearTimeout(deadline)
    },
  }
}

type Write = (members: object, text: string) => void

/** A line of the thread's logger becomes a line of ours. */
function passOn(logger: Logger, line: string): void {
  const { level, time: _, msg, ...members } = JSON.parse(line) as Record<string, unknown>
  const writers: Readonly<Record<string, Write>> = {
    trace: (o, text) => logger.trace(o, text),
    debug: (o, text) => logger.debug(o, text),
    info: (o, text) => logger.info(o, text),
    warn: (o, text) => logger.warn(o, text),
    error: (o, text) => logger.error(o, text),
    fatal: (o, text) => logger.fatal(o, text),
  }
  writers[String(level)]?.(members, String(msg))
}
