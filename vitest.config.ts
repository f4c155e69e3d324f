import { defineConfig } from 'vitest/config'
import { LongestFirst } from './test/longest-first.ts'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    pool: 'forks',
    maxWorkers: 3,
    sequence: { sequencer: LongestFirst },
    // Of a file whose tests may run side by side: each of them is a service with its servers.
    maxConcurrency: 3,
    testTimeout: 180_000,
    hookTimeout: 180_000,
    teardownTimeout: 20_000,
    // A condition is waited for as long as it takes: the machine may be busy.
    expect: { poll: { timeout: 60_000, interval: 20 } },
  },
})
