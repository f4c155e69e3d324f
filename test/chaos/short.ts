import { expect } from 'vitest'
import { runCampaign } from './campaign.ts'
import type { Fault } from './faults/fault.ts'

/** For a test that runs a campaign. */
export const SHORT = { timeout: 240_000 } as const

/** Each fault once; the seed is fixed: what fails here fails again. `npm run chaos` draws others, and more of everything. */
export async function shortCampaign(seed: string, faults: readonly Fault[]): Promise<void> {
  const { differences, alerts } = await runCampaign({
    seed,
    faults,
    duration: 'each-once',
    longMs: 1_000,
    pace: { batch: 40, pauseMs: 50 },
    tell: () => {},
  })
  expect(differences, differences.join('\n')).toEqual([])
  expect(alerts).toBeGreaterThan(50)
}
