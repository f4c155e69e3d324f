/** The ClickHouse child's worker threads: each runs one statement at a time, what finds none free waits in line. */
import { Worker } from 'node:worker_threads'
import { EngineError, QUERY_WAS_CANCELLED, TOO_MANY_QUERIES } from './clickhouse-errors.mjs'

/** Statements waiting for a thread, at most. */
const LINE_LENGTH = 256
const KILL_AGAIN_MS = 200

/** Starts the threads and the engine; resolves when all are ready. */
export async function openPool({ path, sessions, connectionArgs }) {
  const open = () => openThread({ path, connectionArgs })
  // The first opens the engine, the others join it. One thread is kept aside to stop the statements of the rest.
  const killer = await open()
  const threads = await Promise.all(Array.from({ length: sessions }, open))
  const free = [...threads]
  const line = []
  let statements = 0

  function release(thread) {
    const next = line.shift()
    if (next) next.start(thread)
    else free.push(thread)
  }

  function take(signal) {
    const thread = free.pop()
    if (thread) return Promise.resolve(thread)
    if (line.length >= LINE_LENGTH) throw new EngineError(TOO_MANY_QUERIES, 'Too many simultaneous queries')
    return new Promise((resolve, reject) => {
      const place = { start: resolve }
      line.push(place)
      signal.addEventListener('abort', () => {
        const index = line.indexOf(place)
        if (index < 0) return
        line.splice(index, 1)
        reject(new EngineError(QUERY_WAS_CANCELLED, 'Query was cancelled'))
      })
    })
  }

  let killing = Promise.resolve()
  function kill(mark) {
    const sql = `KILL QUERY WHERE Settings['log_comment'] = '${mark}' ASYNC`
    killing = killing
      .then(() => killer.run({ database: '', settings: [], sql, format: 'Null' }, () => {}))
      .catch(() => {})
    return killing
  }

  return {
    /**
     * Runs a job; `onChunk(bytes)` may return a promise, the engine waits for it. Aborting the signal takes a waiting
     * job out of the line and stops a running one. Resolves with the totals; rejects with EngineError.
     */
    async run(job, onChunk, signal) {
      const thread = await take(signal)
      statements += 1
      // The engine numbers its queries itself; the comment is the one mark by which a running one can be found.
      const mark = `yujing-${statements}`
      let timer
      const stop = () => {
        thread.cancel()
        const again = () => {
          kill(mark)
          timer = setTimeout(again, KILL_AGAIN_MS) // the statement may not have been known to the engine yet
        }
        again()
      }
      signal.addEventListener('abort', stop)
      if (signal.aborted) stop()
      try {
        return await thread.run({ ...job, settings: [`log_comment = '${mark}'`, ...job.settings] }, onChunk)
      } finally {
        signal.removeEventListener('abort', stop)
        clearTimeout(timer)
        release(thread)
      }
    },
    /** Releases the engine; nothing may run any more. */
    async close() {
      await killing
      for (const thread of threads) await thread.close()
      await killer.close()
    },
  }
}

async function openThread(workerData) {
  const worker = new Worker(new URL('./clickhouse-engine.mjs', import.meta.url), { workerData })
  let receive = () => {}
  // A thread that dies takes the engine with it: the process ends, and whoever started it sees that.
  worker.on('error', (error) => {
    throw error
  })
  worker.on('message', (message) => receive(message))
  const expect = (word) =>
    new Promise((resolve) => {
      receive = (message) => message[word] && resolve()
    })
  await expect('ready')
  return {
    run(job, onChunk) {
      return new Promise((resolve, reject) => {
        receive = async ({ chunk, done, failed }) => {
          if (done) resolve(done)
          if (failed) reject(new EngineError(failed.code, failed.message))
          if (!chunk) return
          await onChunk(chunk)
          worker.postMessage({ next: true })
        }
        worker.postMessage({ run: job }, job.body ? [job.body] : [])
      })
    },
    cancel: () => worker.postMessage({ cancel: true }),
    async close() {
      const closed = expect('closed')
      worker.postMessage({ close: true })
      await closed
    },
  }
}
