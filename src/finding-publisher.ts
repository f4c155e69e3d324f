import type { FindingLog } from './log/finding-log.ts'
import { YujingError } from './model/errors.ts'
import type { Finding } from './model/finding.ts'
import type { Logger } from './telemetry/logger.ts'

const RETRY_MS = 200

/**
 * Brings findings into their stream strictly one after the other: the desk passes over what stands before a position it
 * has applied, so a finding that were overtaken by a later one would be lost.
 */
export interface FindingPublisher {
  /** Adds findings at the end. */
  enqueue(findings: readonly Finding[]): void
  /** Findings that are not acknowledged yet. */
  pending(): number
  /** Resolves when all enqueued so far are acknowledged; rejects when one was refused for good or `signal` gave up. */
  settled(): Promise<void>
}

/** While the log cannot be reached a finding is tried again until `signal` is aborted. */
export function createFindingPublisher(o: {
  readonly findings: Pick<FindingLog, 'publish'>
  readonly logger: Logger
  readonly signal: AbortSignal
  readonly onAcknowledged: (finding: Finding) => void
}): FindingPublisher {
  let pending = 0
  let tail = Promise.resolve()

  async function publish(finding: Finding): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      o.signal.throwIfAborted()
      try {
        await o.findings.publish(finding)
        return
      } catch (error) {
        if (!(error instanceof YujingError && isPassing(error))) throw error
        if (attempt === 1) o.logger.warn({ code: error.code }, 'findings wait for the log')
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS))
      }
    }
  }

  return {
    enqueue(findings) {
      for (const finding of findings) {
        pending++
        tail = tail.then(async () => {
          await publish(finding)
          pending--
          o.onAcknowledged(finding)
        })
      }
      // Whoever waits for `settled` sees the failure; nobody may be waiting at this moment.
      tail.catch(() => {})
    },
    pending: () => pending,
    settled: () => tail,
  }
}

function isPassing({ code }: YujingError): boolean {
  return code === 'log.unavailable' || code === 'log.full'
}
