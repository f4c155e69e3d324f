import { type Benchmark, quantile, type Report, type Run } from './benchmark.ts'
import type { Machine } from './machine.ts'

/** A finished run. */
export interface Finished {
  readonly benchmark: Benchmark
  readonly settings: Run['settings']
  readonly machine: Machine
  /** Epoch milliseconds. */
  readonly startedAt: number
  readonly report: Report
}

interface Spread {
  readonly name: string
  readonly unit: string
  readonly median: number
  readonly min: number
  readonly max: number
  readonly count: number
}

function spreadsOf(report: Report): Spread[] {
  const measured = report.figures.filter(({ values }) => values.length > 0)
  return measured.map(({ name, unit, values }) => {
    const [median, min, max] = [quantile(values, 0.5), quantile(values, 0), quantile(values, 1)]
    return { name, unit, median, min, max, count: values.length }
  })
}

/** The run as one JSON value. */
export function asJson({ benchmark, settings, machine, startedAt, report }: Finished): string {
  const at = new Date(startedAt).toISOString()
  const figures = spreadsOf(report)
  return `${JSON.stringify({ name: benchmark.name, at, machine, settings, figures, notes: report.notes }, null, 2)}\n`
}

/** The run for people. */
export function asText({ benchmark, settings, machine, report }: Finished): string {
  const { cores, processor, memoryGiB, system, node, natsServer, load } = machine
  const set = Object.entries(benchmark.settings).map(([name, { unit }]) => `${name} ${settings[name]} ${unit}`.trim())
  const spreads = spreadsOf(report)
  const width = Math.max(...spreads.map(({ name }) => name.length))
  return `${[
    `${benchmark.name}: ${benchmark.what}`,
    `  machine  ${cores} cores (${processor}), ${memoryGiB} GiB, ${system}, node ${node}, nats-server ${natsServer}, load ${load} at the start`,
    `  setting  ${set.join(', ')}`,
    ...spreads.map((spread) => `  ${spread.name.padEnd(width)}  ${spreadText(spread)}`),
    ...report.notes.map((note) => `  ${note}`),
  ].join('\n')}\n`
}

function spreadText({ unit, median, min, max, count }: Spread): string {
  const middle = `${readable(median).padStart(10)} ${unit}`
  return count < 2 ? middle : `${middle}  (${readable(min)} - ${readable(max)}, ${count} values)`
}

/** Three digits are as many as a measurement is worth; large numbers keep their thousands. */
function readable(value: number): string {
  if (!Number.isFinite(value)) return '-'
  if (Math.abs(value) >= 1_000) return Math.round(value).toLocaleString('en-US')
  return String(Number(value.toPrecision(3)))
}

/** What there is to run. */
export function catalogueText(benchmarks: readonly Benchmark[]): string {
  const lines = benchmarks.flatMap(({ name, what, settings }) => [
    `${name}: ${what}`,
    ...Object.entries(settings).map(
      ([setting, { what: meaning, unit, value, small }]) =>
        `    ${setting.padEnd(12)} ${String(value).padStart(9)} ${unit} (small: ${small}): ${meaning}`,
    ),
  ])
  return `${lines.join('\n')}\n`
}
