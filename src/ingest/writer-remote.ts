import type { CanonicalEvent } from '../model/event.ts'
import type { Lane } from '../model/lane.ts'
import type { AppendOutcome, WriterPort } from './writer-port.ts'

/**
 * The process that appends, asked over the wire. Rejects with `log.unavailable` when it does not answer: then nobody
 * knows whether it appended.
 */
export interface LeadPort {
  ask(question: Uint8Array): Promise<Uint8Array>
  /** Most bytes of a question. */
  readonly mostBytes: number
}

/**
 * A writer that hands batches to the one that leads and answers when that one has its acknowledgement. A call is cut to
 * what a message holds, one piece after the other: when a later piece fails the whole call does, and its sender sends it
 * again; what had arrived the index of ids knows.
 */
export function createRemoteWriter(lead: LeadPort): WriterPort {
  return {
    async append(events, lane = 'live') {
      const outcomes: AppendOutcome[] = []
      for (const piece of pieces(events, lane, lead.mostBytes)) {
        const answer = await lead.ask(Buffer.from(piece))
        outcomes.push(...(JSON.parse(Buffer.from(answer).toString()) as AppendOutcome[]))
      }
      return outcomes
    },
  }
}

/** The other end: answers what `createRemoteWriter` asks. */
export function answerRemoteWriter(writer: WriterPort): (question: Uint8Array) => Promise<Uint8Array> {
  return async (question) => {
    const { lane, events } = JSON.parse(Buffer.from(question).toString()) as { lane: Lane; events: CanonicalEvent[] }
    return Buffer.from(JSON.stringify(await writer.append(events, lane)))
  }
}

/** Questions with the events in their order, each of at most `mostBytes`. */
function* pieces(events: readonly CanonicalEvent[], lane: Lane, mostBytes: number): Generator<string> {
  const piece = (held: readonly string[]): string => `{"lane":"${lane}","events":[${held.join(',')}]}`
  const empty = Buffer.byteLength(piece([]))
  let held: string[] = []
  let bytes = empty
  for (const event of events) {
    const text = JSON.stringify(event)
    const more = Buffer.byteLength(text) + 1
    if (held.length > 0 && bytes + more > mostBytes) {
      yield piece(held)
      held = []
      bytes = empty
    }
    held.push(text)
    bytes += more
  }
  if (held.length > 0) yield piece(held)
}
