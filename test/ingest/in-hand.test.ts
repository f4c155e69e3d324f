import { expect, test } from 'vitest'
import { InHand } from '../../src/ingest/writer/in-hand.ts'

const MOST_BYTES = 64 * 1024 * 1024

test('what a gap has forgotten takes no room from what comes after it', () => {
  const inHand = new InHand()
  inHand.keep(1, new Uint8Array(MOST_BYTES))
  inHand.keep(2, new Uint8Array(1))
  expect(inHand.since).toBe(2)
  inHand.keep(3, new Uint8Array(MOST_BYTES - 1))
  inHand.keep(10, new Uint8Array(1))
  inHand.keep(11, new Uint8Array(1))
  expect(inHand.since).toBe(10)
})
