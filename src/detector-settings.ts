import { type Static, Type } from '@sinclair/typebox'
import { detectorOf, detectors } from '../detectors/index.ts'
import type { BacktestWanted } from './api/port-detectors.ts'
import type { BacktestReport } from './backtest.ts'
import type { BacktestWorkerData } from './backtest-messages.ts'
import type { Detector } from './detect/contract.ts'
import { parametersFault } from './detect/parameters.ts'
import type { Control, ParametersControl } from './model/control.ts'
import { YujingError } from './model/errors.ts'
import type { Position } from './model/position.ts'
import { parseDay } from './model/time.ts'

type Numbers = Readonly<Record<string, number>>

/** The parameters in force by detector, as every replica sees them: a projection of the log, kept by the lead. */
export const ParametersInForce = Type.Record(
  Type.String(),
  Type.Object({
    detector: Type.String(),
    version: Type.Integer(),
    parameters: Type.Record(Type.String(), Type.Number()),
    by: Type.String(),
  }),
)
export type ParametersInForce = Static<typeof ParametersInForce>

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
  inForce: () => ParametersInForce
  /** Has the lead change them. */
  change: (id: string, wanted: Numbers, by: string) => Promise<ParametersSet>
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
      return options.change(id, wanted, by)
    },

    async backtest(id: string, { parameters, from, to, judgesBackfill }: BacktestWanted, signal: AbortSignal) {
      const detector = known(id)
      assertAllowed(detector, parameters)
      const [fromDay, toDay] = [parseDay(from), parseDay(to)]
      if (fromDay === null || toDay === null || fromDay >= toDay)
        throw new YujingError('request.invalid', 'from and to must be days such as 2026-08-01, from before to.')
      return options.backtest({ detector: id, parameters, fromDay, toDay, judgesBackfill }, signal)
    },

    async explain(id: string, key: string) {
      known(id)
      return options.explain(id, key)
    },
  }
}

/** The writer, as far as settings need it: the log is where parameters live. */
interface ControlWriter {
  control(control: Control): Promise<Position>
  inForce(): {
    readonly versions: Numbers | null
    readonly parameters: Readonly<Record<string, ParametersControl['data']>>
  }
}

/** What is in force as every replica will see it, and the revision under which it is told. */
interface Projected {
  readonly inForce: ParametersInForce
  readonly revision: number
}

type Changed = Projected & { readonly set: ParametersSet }

/**
 * The way to change settings, which only the lead has: every change is an entry of the log, so that a replay meets it at
 * the same place. `project` shows every replica what is in force.
 */
export function createSettingsChanges(options: {
  writer: ControlWriter
  project: (inForce: ParametersInForce) => Promise<Projected>
}) {
  const { writer, project } = options
  let last: Promise<unknown> = Promise.resolve()

  async function change(id: string, wanted: Numbers, by: string): Promise<Changed> {
    const before = writer.inForce().parameters[id]
    const version = (before?.version ?? 0) + 1
    const parameters = { ...before?.parameters, ...wanted }
    const position = await writer.control({
      type: 'yujing.parameters',
      data: { detector: id, version, parameters, by },
    })
    return { set: { version, parameters, position }, ...(await project(writer.inForce().parameters)) }
  }

  return {
    /** One after the other: each rests on the one before. */
    change(id: string, wanted: Numbers, by: string): Promise<Changed> {
      const next = last.then(() => change(id, wanted, by))
      last = next.catch(() => {})
      return next
    },

    /** Writes the versions of this code into the log when they are not the last ones there, and shows what is in force. */
    async announce(): Promise<void> {
      const versions = Object.fromEntries(detectors.map(({ id, version }) => [id, version]))
      const last = writer.inForce().versions
      const same =
        last !== null &&
        Object.keys(last).length === detectors.length &&
        detectors.every(({ id, version }) => last[id] === version)
      if (!same) await writer.control({ type: 'yujing.detectors', data: { versions } })
      await project(writer.inForce().parameters)
    },
  }
}
