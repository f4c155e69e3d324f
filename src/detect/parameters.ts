import type { Detector } from './contract.ts'

/** A detector's parameters in force and the version of the entry that set them (0: the code's defaults). */
export interface ParametersInForce {
  readonly version: number
  readonly values: Readonly<Record<string, number>>
}

/** The code's defaults. */
export function defaultParameters(detector: Detector): ParametersInForce {
  const values = Object.fromEntries(Object.entries(detector.parameters).map(([name, spec]) => [name, spec.default]))
  return { version: 0, values }
}

/**
 * The parameters after a control entry: the given values over the defaults. A name the detector does not know, or a
 * value out of its range, is passed over and the default holds: the door checks before it writes, and an entry written
 * for an older version of the code must not stop a replay.
 */
export function withParameters(
  detector: Detector,
  version: number,
  given: Readonly<Record<string, number>>,
): ParametersInForce {
  const values: Record<string, number> = {}
  for (const [name, spec] of Object.entries(detector.parameters)) {
    const value = given[name]
    values[name] = value !== undefined && parameterFault(spec, value) === null ? value : spec.default
  }
  return { version, values }
}

/** Why a value is not allowed for a parameter, or null. */
export function parameterFault(spec: Detector['parameters'][string], value: number): string | null {
  const { minimum, maximum, whole = false, unit } = spec
  const fits = value >= minimum && value <= maximum && (!whole || Number.isInteger(value))
  return fits ? null : `must be a ${whole ? 'whole ' : ''}number from ${minimum} to ${maximum} ${unit}`
}

/** Why such parameters cannot be set for the detector, naming the first that is wrong, or null. */
export function parametersFault(detector: Detector, given: Readonly<Record<string, number>>): string | null {
  for (const [name, value] of Object.entries(given)) {
    const spec = detector.parameters[name]
    if (!spec) return `${detector.id} has no parameter ${name}`
    const fault = parameterFault(spec, value)
    if (fault !== null) return `${name} ${fault}`
  }
  return null
}
