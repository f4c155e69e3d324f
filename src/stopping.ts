import { withDeadline } from './telemetry/deadline.ts'
import type { Logger } from './telemetry/logger.ts'

/** Ends what was started, the youngest first. */
export interface Stopping {
  /** Called right after something was started. */
  onStop(name: string, stop: () => unknown): void
  /** Ends everything, once; a step that fails or takes longer than the deadline is logged and left behind. */
  stop(): Promise<void>
}

/** @param deadlineMs longest wait for one step, milliseconds */
export function createStopping(logger: Logger, deadlineMs: number): Stopping {
  const steps: { name: string; stop: () => unknown }[] = []
  let running: Promise<void> | null = null

  async function stopAll(): Promise<void> {
    for (let step = steps.pop(); step; step = steps.pop()) {
      const { name, stop } = step
      const started = performance.now()
      try {
        await withDeadline(Promise.resolve(stop()), deadlineMs, () => new Error(`not ended within ${deadlineMs} ms`))
      } catch (error) {
        logger.error({ err: error, step: name }, 'could not be stopped in order')
      } finally {
        logger.debug({ step: name, ms: Math.round(performance.now() - started) }, 'stopped')
      }
    }
  }

  return {
    onStop(name, stop) {
      steps.push({ name, stop })
    },
    stop() {
      running ??= stopAll()
      return running
    },
  }
}
