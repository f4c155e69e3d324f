import { parentPort, workerData } from 'node:worker_threads'
import { detectorOf } from '../detectors/index.ts'
import { backtest } from './backtest.ts'
import type { BacktestWorkerData, FromBacktestWorker } from './backtest-messages.ts'
import { YujingError } from './model/errors.ts'
import { connectStore } from './store/store.ts'
import { silentLogger } from './telemetry/logger.ts'

/** A backtest in a thread of its own: it folds years of history, and the service goes on meanwhile. */
async function main(data: BacktestWorkerData): Promise<FromBacktestWorker> {
  const { epoch, last, ...question } = data
  const detector = detectorOf(data.detector)
  if (detector === undefined) return { type: 'refused', code: 'not-found', message: `no detector ${data.detector}` }
  try {
    const store = await connectStore({ ...data.store, logger: silentLogger() })
    try {
      const { signal } = new AbortController()
      const asked = { ...question, detector }
      return {
        type: 'report',
        report: await backtest({ store, epoch, last, question: asked, signal, onProgress() {} }),
      }
    } finally {
      await store.close()
    }
  } catch (error) {
    if (!(error instanceof YujingError)) throw error
    return { type: 'refused', code: error.code, message: error.message }
  }
}

if (parentPort) {
  const port = parentPort
  port.postMessage(await main(workerData as BacktestWorkerData))
  port.close()
}
