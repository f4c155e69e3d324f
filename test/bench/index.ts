import type { Benchmark } from './benchmark.ts'
import { initialLoad } from './import.ts'
import { lanes } from './lanes.ts'
import { latency } from './latency.ts'
import { memory } from './memory.ts'
import { pipeline } from './pipeline.ts'
import { recovery } from './recovery.ts'
import { soak } from './soak.ts'

/** Every benchmark there is. */
export const benchmarks: readonly Benchmark[] = [pipeline, latency, lanes, recovery, memory, soak, initialLoad]
