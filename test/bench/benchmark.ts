/** One number a benchmark is run with. */
export interface Setting {
  readonly what: string
  readonly unit: string
  /** What the figures of README.md were measured with. */
  readonly value: number
  /** For a run of a second or two, to see that it still works. */
  readonly small: number
}

/** What one run is given. */
export interface Run<Name extends string = string> {
  readonly settings: Readonly<Record<Name, number>>
  /** Tells people how far it is; never part of the result. */
  readonly tell: (text: string) => void
  /** Aborted: end soon and leave nothing behind. */
  readonly signal: AbortSignal
  /** Directory for files beside the figures; it exists. */
  readonly out: string
}

/** What was measured, each time it was measured: the frame prints median and spread. */
export interface Figure {
  readonly name: string
  readonly unit: string
  readonly values: readonly number[]
}

/** What a run found. */
export interface Report {
  readonly figures: readonly Figure[]
  /** Sentences that belong to the figures: what bounded it, what the generator cost, files written. */
  readonly notes: readonly string[]
}

/**
 * A benchmark: `yujing bench NAME` runs it, its settings are flags. It starts what it measures, ends it, and leaves
 * nothing behind but the files in `out`; it throws when what it measured was wrong (lost, doubled, refused events).
 */
export interface Benchmark {
  readonly name: string
  /** One line. */
  readonly what: string
  readonly settings: Readonly<Record<string, Setting>>
  run(run: Run): Promise<Report>
}

/** Ties the names of the settings to those that the run reads. */
export function defineBenchmark<Name extends string>(benchmark: {
  readonly name: string
  readonly what: string
  readonly settings: Readonly<Record<Name, Setting>>
  run(run: Run<Name>): Promise<Report>
}): Benchmark {
  return benchmark as Benchmark
}

/** A figure measured once. */
export function single(name: string, unit: string, value: number): Figure {
  return { name, unit, values: [value] }
}

/** The value below which a share of the values lies (nearest rank); NaN when there is none. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN
}
