import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createBudget } from '../../src/ingest/budget.ts'

it('is never overdrawn, and everybody gets a share in the end', async () => {
  const request = fc.record({ amount: fc.nat(200), keep: fc.nat(200) })
  await fc.assert(
    fc.asyncProperty(fc.array(request), async (requests) => {
      const whole = 100
      const budget = createBudget(whole)
      let held = 0
      const served = await Promise.all(
        requests.map(async ({ amount, keep }) => {
          const share = await budget.take(amount)
          const mine = Math.min(amount, whole)
          held += mine
          expect(held).toBeLessThanOrEqual(whole)
          held -= mine - Math.min(mine, keep)
          share.keep(keep)
          await null
          held -= Math.min(mine, keep)
          share.giveBack()
          share.giveBack()
        }),
      )
      expect(served).toHaveLength(requests.length)
      await budget.take(whole)
    }),
  )
})
