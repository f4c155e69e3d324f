import { hash } from 'node:crypto'
import { EVENT_TYPES } from '../model/catalogue/catalogue.ts'
import { YujingError } from '../model/errors.ts'
import { LANES, type Lane } from '../model/lane.ts'
import { END, HEAD_WORDS, PreparedEvents, SAID_AT } from './prepared-events.ts'
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

const SHAPE = 2
/** What goes over the wire changes with the shape of prepared events and with the list of types, by whose numbers it names them. */
const VERSION = Number.parseInt(hash('sha256', JSON.stringify([SHAPE, EVENT_TYPES]), 'hex').slice(0, 8), 16)
/** Version, lane, events: words before the heads. */
const PREFIX_WORDS = 3
const WORD = Uint32Array.BYTES_PER_ELEMENT

/**
 * A writer that hands batches to the one that leads and answers when that one has its acknowledgement. A call is cut to
 * what a message holds, one piece after the other: when a later piece fails the whole call does, and its sender sends it
 * again; what had arrived the index of ids knows.
 */
export function createRemoteWriter(lead: LeadPort): WriterPort {
  return {
    async append(events, lane = 'live') {
      const outcomes: AppendOutcome[] = []
      for (const question of pieces(events, lane, lead.mostBytes)) {
        const answer = await lead.ask(question)
        outcomes.push(...(JSON.parse(Buffer.from(answer).toString()) as AppendOutcome[]))
      }
      return outcomes
    },
  }
}

/** The other end: answers what `createRemoteWriter` asks. */
export function answerRemoteWriter(writer: WriterPort): (question: Uint8Array) => Promise<Uint8Array> {
  return async (question) => {
    const { events, lane } = decode(question)
    return Buffer.from(JSON.stringify(await writer.append(events, lane)))
  }
}

/** Questions with the events in their order, each of at most `mostBytes`; one event always fits. */
function* pieces(events: PreparedEvents, lane: Lane, mostBytes: number): Generator<Uint8Array> {
  let from = 0
  let bytes = PREFIX_WORDS * WORD
  for (let index = 0; index < events.length; index += 1) {
    const more = HEAD_WORDS * WORD + events.place(index, END) - events.place(index, SAID_AT)
    if (index > from && bytes + more > mostBytes) {
      yield encode(events, from, index, lane)
      from = index
      bytes = PREFIX_WORDS * WORD
    }
    bytes += more
  }
  if (from < events.length) yield encode(events, from, events.length, lane)
}

function encode(events: PreparedEvents, from: number, to: number, lane: Lane): Uint8Array {
  const start = events.place(from, SAID_AT)
  const rows = events.bytes.subarray(start, events.place(to - 1, END))
  const heads = events.heads.slice(from * HEAD_WORDS, to * HEAD_WORDS)
  for (let at = 0; at < heads.length; at += HEAD_WORDS) {
    for (let word = SAID_AT; word <= END; word += 1) heads[at + word] = (heads[at + word] ?? 0) - start
  }
  const prefix = Uint32Array.of(VERSION, LANES.indexOf(lane), to - from)
  return Buffer.concat([bytesOf(prefix), bytesOf(heads), rows])
}

function decode(question: Uint8Array): { events: PreparedEvents; lane: Lane } {
  // A copy: words must begin at a multiple of four.
  const own = new Uint8Array(question)
  const [version, lane, count = 0] = new Uint32Array(own.buffer, 0, PREFIX_WORDS)
  if (version !== VERSION)
    throw new YujingError('log.unavailable', 'The process that leads is of another version; send the request again.')
  const heads = new Uint32Array(own.buffer, PREFIX_WORDS * WORD, count * HEAD_WORDS)
  const events = new PreparedEvents(heads, own.subarray(PREFIX_WORDS * WORD + heads.byteLength))
  return { events, lane: LANES[lane ?? 0] as Lane }
}

function bytesOf(words: Uint32Array): Uint8Array {
  return new Uint8Array(words.buffer, words.byteOffset, words.byteLength)
}
