import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { BacktestReport } from './backtest.ts'
import type { BacktestWorkerData, FromBacktestWorker } from './backtest-messages.ts'
import { packageRoot } from './embedded/package-root.ts'
import { YujingError } from './model/errors.ts'

/**
 * Runs a backtest in a thread of its own, one at a time: it takes a core as long as it lasts. Rejects with
 * `rate.limited` while another one runs, with `store.unavailable`, and when `signal` is aborted.
 */
export function createBacktestThread(): (data: BacktestWorkerData, signal: AbortSignal) => Promise<BacktestReport> {
  let isBusy = false
  return async (data, signal) => {
    if (isBusy) throw new YujingError('rate.limited', 'Another backtest is running; try again when it is done.')
    isBusy = true
    const worker = new Worker(join(packageRoot(), 'dist/src/backtest-worker.js'), { workerData: data })
    const end = () => void worker.terminate()
    signal.addEventListener('abort', end, { once: true })
    try {
      return await new Promise<BacktestReport>((resolve, reject) => {
        worker.once('error', reject)
        worker.once('exit', () => reject(new YujingError('request.invalid', 'The backtest was ended.')))
        worker.once('message', (message: FromBacktestWorker) => {
          if (message.type === 'report') resolve(message.report)
          else reject(new YujingError(message.code, message.message))
        })
        if (signal.aborted) end()
      })
    } finally {
      signal.removeEventListener('abort', end)
      isBusy = false
    }
  }
}
