import type { BacktestReport } from './backtest.ts'
import type { ErrorCode } from './model/errors.ts'
import type { StoreAccess } from './store/store.ts'

/** What a backtest's thread is started with. */
export interface BacktestWorkerData {
  readonly store: StoreAccess
  readonly epoch: string
  /** Last sequence of the log. */
  readonly last: number
  /** Id of the detector: its functions do not travel. */
  readonly detector: string
  readonly parameters: Readonly<Record<string, number>>
  readonly fromDay: number
  readonly toDay: number
  readonly judgesBackfill: boolean
}

/** From the thread to its host. */
export type FromBacktestWorker =
  | { readonly type: 'report'; readonly report: BacktestReport }
  | { readonly type: 'refused'; readonly code: ErrorCode; readonly message: string }
