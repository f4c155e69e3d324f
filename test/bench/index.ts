import type { Benchmark } from './benchmark.ts'
import { pipeline } from './pipeline.ts'

/** Every benchmark there is. */
export const benchmarks: readonly Benchmark[] = [pipeline]
