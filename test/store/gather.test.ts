import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { gather } from '../../src/store/writer/gather.ts'
import { createTestLog } from '../support/log-lines.ts'

/** For ever, as far as a test is concerned. */
const LONG_MS = 1_000_000

test('few rows go after a short wait; many wait until the batch is full', async () => {
  const log = createTestLog()
  const ending = new AbortController()
  const limits = { rows: 3, bytes: 1_000_000, waitMs: 1, manyRows: 2, manyWaitMs: LONG_MS }
  const gatherer = gather(log, 1, ending.signal, limits)

  log.rows({})
  expect(await gatherer.next()).toMatchObject({ fromSeq: 1, toSeq: 1 })

  log.rows({}, {})
  const next = gatherer.next()
  await sleep(50) // well beyond the short wait
  log.rows({})
  expect(await next).toMatchObject({ fromSeq: 2, toSeq: 3 })
  ending.abort()
})
