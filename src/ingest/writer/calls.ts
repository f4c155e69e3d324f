import type { Control } from '../../model/control.ts'
import type { CorrectionsCall } from './correction-maker.ts'
import type { RowsCall } from './message-maker.ts'

/** A control entry that waits to be appended. */
export interface ControlCall {
  readonly kind: 'control'
  readonly control: Control
  resolve(seq: number): void
  reject(error: Error): void
}

/** Something to run while no message is on its way. */
export interface PauseCall {
  readonly kind: 'pause'
  /** Never throws. */
  run(): void
  reject(error: Error): void
}

/** What waits in the writer's queue. */
export type Call = RowsCall | ControlCall | PauseCall | CorrectionsCall

/** A pause that answers with what `run` gives or throws. */
export function pauseCall<T>(run: () => T, resolve: (value: T) => void, reject: (error: unknown) => void): PauseCall {
  return {
    kind: 'pause',
    run() {
      try {
        resolve(run())
      } catch (error) {
        reject(error)
      }
    },
    reject,
  }
}
