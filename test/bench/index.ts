import type { Benchmark } from './benchmark.ts'
import { latency } from './latency.ts'
import { pipeline } from './pipeline.ts'
import { soak } from './soak.ts'

/** Every benchmark there is. */
export const benchmarks: readonly Benchmark[] = [pipeline, latency, soak]
