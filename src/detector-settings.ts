import { detectors } from '../detectors/index.ts'
import type { Control, ParametersControl } from './model/control.ts'
import { YujingError } from './model/errors.ts'
import type { Position } from './model/position.ts'

type Numbers = Readonly<Record<string, number>>

/** The writer, as far as settings need it: the log is where parameters live. */
interface ControlWriter {
  control(control: Control): Promise<Position>
  inForce(): {
    readonly versions: Numbers | null
    readonly parameters: Readonly<Record<string, ParametersControl['data']>>
  }
}

/**
 * The detectors with the numbers in force, and the way to change them: every change is an entry of the log, so that a
 * replay meets it at the same place.
 */
export function createDetectorSettings(options: {
  writer: ControlWriter
  explain: (id: string, key: string) => Promise<object | null>
}) {
  const { writer } = options

  function known(id: string) {
    const detector = detectors.find((candidate) => candidate.id === id)
    if (!detector) throw new YujingError('not-found', `There is no detector ${id}.`)
    return detector
  }

  return {
    list: () =>
      detectors.map((detector) => {
        const inForce = writer.inForce().parameters[detector.id]
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

    async setParameters(id: string, wanted: Numbers, by: string) {
      const detector = known(id)
      for (const [name, value] of Object.entries(wanted)) {
        const spec = detector.parameters[name]
        if (!spec) throw new YujingError('request.invalid', `${id} has no parameter ${name}.`)
        if (!(value >= spec.minimum && value <= spec.maximum) || (spec.whole && !Number.isInteger(value)))
          throw new YujingError(
            'request.invalid',
            `${name} must be a ${spec.whole ? 'whole ' : ''}number from ${spec.minimum} to ${spec.maximum} ${spec.unit}.`,
          )
      }
      const before = writer.inForce().parameters[id]
      const version = (before?.version ?? 0) + 1
      const parameters = { ...before?.parameters, ...wanted }
      const position = await writer.control({
        type: 'yujing.parameters',
        data: { detector: id, version, parameters, by },
      })
      return { version, parameters, position }
    },

    async explain(id: string, key: string) {
      known(id)
      return options.explain(id, key)
    },

    /** Writes the versions of this code into the log when they are not the last ones there. */
    async announce(): Promise<void> {
      const versions = Object.fromEntries(detectors.map(({ id, version }) => [id, version]))
      const last = writer.inForce().versions
      const same =
        last !== null &&
        Object.keys(last).length === detectors.length &&
        detectors.every(({ id, version }) => last[id] === version)
      if (!same) await writer.control({ type: 'yujing.detectors', data: { versions } })
    },
  }
}
