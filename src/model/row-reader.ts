import type { LoggedEvent } from './event.ts'
import { decodeRow, type EventHashes } from './row.ts'

const LINE_FEED = 0x0a
const QUOTE = 0x22
const COMMA = 0x2c
const ZERO = 0x30
const NINE = 0x39
const OPENING_BRACKET = 0x5b
const BACKSLASH = 0x5c

/** The columns between `type` and `retracts`: subject, time, region, original region, industry, backfill, test. */
const AFTER_TYPE = ['text', 'number', 'text', 'text', 'text', 'number', 'number'] as const

/**
 * Goes through a batch row by row. Of each row it reads the beginning, which says where it stands and of what type it is;
 * the whole is decoded only when asked for: whoever reads some of the types need not pay for the others.
 *
 *     ["epoch",seq,idx,received_ms,"source","id","type","subject", ... "retracts", ...
 *        read   read read  read     passed   passed read   only for `retracts`
 *
 * Throws a TypeError when a row does not begin as `encodeRow` writes it.
 */
export class RowReader {
  /** Of the row that `next` came to. */
  epoch = ''
  seq = 0
  index = 0
  receivedAt = 0
  type = ''
  private readonly bytes: Buffer
  private start = 0
  private end = -1
  private at = 0

  constructor(payload: Uint8Array) {
    this.bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength)
  }

  /** Comes to the next row; false when there is none. */
  next(): boolean {
    const { bytes } = this
    this.start = this.end + 1
    while (bytes[this.start] === LINE_FEED) this.start++
    if (this.start >= bytes.length) return false
    const end = bytes.indexOf(LINE_FEED, this.start)
    this.end = end < 0 ? bytes.length : end
    this.at = this.start
    this.pass(OPENING_BRACKET)
    this.epoch = this.text()
    this.pass(COMMA)
    this.seq = this.number()
    this.pass(COMMA)
    this.index = this.number()
    this.pass(COMMA)
    this.receivedAt = this.number()
    this.pass(COMMA)
    this.passText()
    this.pass(COMMA)
    this.passText()
    this.pass(COMMA)
    this.type = this.text()
    return true
  }

  /** Whether the row that `next` came to names an event that it retracts; may be asked once. */
  retracts(): boolean {
    for (const pass of AFTER_TYPE) {
      this.pass(COMMA)
      if (pass === 'text') this.passText()
      else this.passNumber()
    }
    this.pass(COMMA)
    const from = this.at
    this.passText()
    return this.at > from + 2
  }

  /** The whole row that `next` came to. */
  event(): LoggedEvent & EventHashes {
    return decodeRow(this.bytes.toString('utf8', this.start, this.end))
  }

  private pass(expected: number): void {
    if (this.bytes[this.at] !== expected) this.fail()
    this.at++
  }

  private number(): number {
    const { bytes } = this
    const from = this.at
    let value = 0
    for (let byte = bytes[from] ?? 0; byte >= ZERO && byte <= NINE; byte = bytes[++this.at] ?? 0)
      value = value * 10 + (byte - ZERO)
    if (this.at === from) this.fail()
    return value
  }

  /** Passes a number, times before 1970 included. */
  private passNumber(): void {
    const comma = this.bytes.indexOf(COMMA, this.at)
    if (comma < 0 || comma > this.end) this.fail()
    this.at = comma
  }

  private text(): string {
    const from = this.at
    const isPlain = this.passText()
    if (isPlain) return this.bytes.toString('latin1', from + 1, this.at - 1)
    return JSON.parse(this.bytes.toString('utf8', from, this.at)) as string
  }

  /** Passes a text; true if it stands there as it is: ASCII without escapes. */
  private passText(): boolean {
    const { bytes } = this
    this.pass(QUOTE)
    let isPlain = true
    for (let byte = bytes[this.at]; byte !== QUOTE; byte = bytes[this.at]) {
      if (this.at >= this.end || byte === undefined) this.fail()
      if (byte === BACKSLASH) this.at++
      if (byte === BACKSLASH || (byte ?? 0) > 0x7f) isPlain = false
      this.at++
    }
    this.at++
    return isPlain
  }

  private fail(): never {
    throw new TypeError(`a row does not begin as rows do, at byte ${this.at - this.start} of the line`)
  }
}
