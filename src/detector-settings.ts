import { detectorOf, detectors } from '../detectors/index.ts'
import type { BacktestWanted } from './api/port-detectors.ts'
import { type BacktestReport, MOST_DAYS } from './backtest.ts'
import type { BacktestWorkerData } from './backtest-messages.ts'
import type { Detector } from './detect/contract.ts'
import { parametersFault } from './detect/parameters.ts'
import type { InForce } from './in-force.ts'
import { YujingError } from './model/errors.ts'
import type { Position } from './model/position.ts'
import { parseDay } from './model/time.ts'
import type { Replica } from './replica.ts'

type Numbers = Readonly<Record<string, number>>

/** What a change of parameters came to; it holds from the position on. */
export interface ParametersSet {
  readonly version: number
  readonly parameters: Numbers
  readonly position: Position
}

function known(id: string) {
  const detector = detectorOf(id)
  if (!detector) throw new YujingError('not-found', `There is no detector ${id}.`)
  return detector
}

function assertAllowed(detector: Detector, wanted: Numbers): void {
  const fault = parametersFault(detector, wanted)
  if (fault !== null) throw new YujingError('request.invalid', `${fault}.`)
}

/** The detectors with the numbers in force, as every replica shows them. */
export function createDetectorSettings(options: {
  inForce: () => InForce['parameters']
  /** Has the lead change them. */
  change: Replica['change']
  explain: (id: string, key: string) => Promise<object | null>
  /** Judges history again. */
  backtest: (
    question: Pick<BacktestWorkerData, 'detector' | 'parameters' | 'fromDay' | 'toDay' | 'judgesBackfill'>,
    signal: AbortSignal,
  ) => Promise<BacktestReport>
}) {
  return {
    list: () =>
      detectors.map((detector) => {
        const inForce = options.inForce()[detector.id]
        const { id, code, version, title, why, falsePositives, keyKind } = detector
        const parameters = Object.fromEntries(
          Object.entries(detector.parameters).map(([name, spec]) => [
            name,
            { ...spec, value: inForce?.parameters[name] ?? spec.default },
          ]),
        )
        const parametersVersion = inForce?.version ?? 0
        return { id, code, version, title, why, falsePositives, keyKind, parametersVersion, parameters }
      }),

    async setParameters(id: string, wanted: Numbers, by: string): Promise<ParametersSet> {
      const detector = known(id)
      assertAllowed(detector, wanted)
      const { position, value } = await options.change({ topic: 'parameters', detector: id, wanted, by })
      const { version, parameters } = value[id] as InForce['parameters'][string]
      return { version, parameters, position }
    },

    async backtest(id: string, { parameters, from, to, judgesBackfill }: BacktestWanted, signal: AbortSignal) {
      const detector = known(id)
      assertAllowed(detector, parameters)
      const [fromDay, toDay] = [parseDay(from), parseDay(to)]
      if (fromDay === null || toDay === null || fromDay >= toDay || toDay - fromDay > MOST_DAYS)
        throw new YujingError(
          'request.invalid',
          `from and to must be days such as 2026-08-01, from before to, at most ${MOST_DAYS} days apart.`,
        )
      return options.backtest({ detector: id, parameters, fromDay, toDay, judgesBackfill }, signal)
    },

    async explain(id: string, key: string) {
      known(id)
      return options.explain(id, key)
    },
  }
}
