import { expect, it } from 'vitest'
import { createDocket } from '../../src/alerts/docket.ts'
import { silentLogger } from '../../src/telemetry/logger.ts'
import { finding } from './findings.ts'

it('a stop waits for what is being saved, not for all that waits its turn', async () => {
  const stopping = new AbortController()
  const saving: (() => void)[] = []
  let acknowledged = 0
  const docket = createDocket({
    save: () =>
      new Promise((resolve) => {
        saving.push(() => resolve(true))
        if (stopping.signal.aborted) resolve(true)
      }),
    known: () => null,
    restMs: 1_000,
    signal: stopping.signal,
    logger: silentLogger(),
  })
  for (let at = 1; at <= 100; at++)
    await docket.add(finding({ at, alert: `surge-${at}`, enterprise: `enterprise-${at}` }), () => {
      acknowledged += 1
    })
  await expect.poll(() => saving.length).toBeGreaterThan(0)
  stopping.abort()
  const begun = saving.length
  for (const finish of saving) finish()
  await docket.settled()
  expect(saving.length).toBe(begun)
  // What was saved is acknowledged, the rest comes again at the next start.
  expect(acknowledged).toBe(begun)
})
