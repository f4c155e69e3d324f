import type { Finding } from '../model/finding.ts'
import type { StoredMessage } from '../model/log-message.ts'
import type { Detector } from './contract.ts'
import { createShard } from './shard.ts'
import { ALL_PARTITIONS } from './statistics/hash.ts'

/** A fold of one detector over history, to see what it finds under some parameters. */
export interface Trial {
  /** Folds a message in; returns what is found. Messages come in log order. */
  fold(message: StoredMessage): Finding[]
}

/**
 * A trial of a detector.
 *
 * @param o.parameters replace the detector's whatever the log says of them; null: those that were in force, as they
 *   changed. Names left out have the code's defaults.
 * @param o.judgesBackfill history that came in as backfill is judged as if it had come in live: what a province that
 *   only just began could have known
 */
export function createTrial(o: {
  readonly epoch: string
  readonly detector: Detector
  readonly parameters: Readonly<Record<string, number>> | null
  readonly judgesBackfill: boolean
}): Trial {
  const detector = o.parameters === null ? o.detector : withDefaults(o.detector, o.parameters)
  const shard = createShard({ epoch: o.epoch, detectors: [detector], partitions: ALL_PARTITIONS })
  return {
    fold(message) {
      if (message.kind === 'control') {
        const { entry } = message
        // A change that the trial does not follow is still a message of the log. When which version went live is none of
        // its business: it asks what this one would have said.
        const isPassed =
          entry.type === 'yujing.detectors' || (o.parameters !== null && entry.type === 'yujing.parameters')
        return isPassed ? [] : shard.applyStored(message)
      }
      if (!o.judgesBackfill) return shard.applyStored(message)
      const events = message.events.map((event) => (event.backfill ? { ...event, backfill: false } : event))
      return shard.applyStored({ ...message, events })
    },
  }
}

function withDefaults(detector: Detector, values: Readonly<Record<string, number>>): Detector {
  const parameters = Object.fromEntries(
    Object.entries(detector.parameters).map(([name, spec]) => [
      name,
      { ...spec, default: values[name] ?? spec.default },
    ]),
  )
  return { ...detector, parameters }
}
