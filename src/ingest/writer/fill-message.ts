import { setImmediate } from 'node:timers/promises'
import type { Lines } from './lines.ts'
import type { MessageMaker } from './message-maker.ts'

/** Events of the batch lane that go into a message before somebody else may use the thread: about 2 ms. */
const STRETCH = 50

/**
 * Fills a message: with the live calls alone when any wait, else with those of the batch lane, a stretch at a time, until
 * it is full, the lane is empty, or a live call has come, which goes along.
 *
 * @returns how many events of the batch lane are in it
 */
export async function fillMessage(maker: MessageMaker, lines: Lines): Promise<number> {
  if (takeLive(maker, lines)) return 0
  let batched = 0
  // Whoever joins the lane meanwhile comes along: the line is read as it grows.
  for (const call of lines.batch)
    while (!maker.isFull && !maker.hasAll(call)) {
      const before = maker.batch.count
      maker.take(call, STRETCH)
      batched += maker.batch.count - before
      await setImmediate()
      if (takeLive(maker, lines)) return batched
    }
  return batched
}

/** Takes the live calls before the next control entry or pause; whether any live call waits. */
function takeLive(maker: MessageMaker, { live }: Lines): boolean {
  for (const call of live) {
    if (call.kind !== 'rows' || maker.isFull) break
    maker.take(call)
  }
  return live.length > 0
}
