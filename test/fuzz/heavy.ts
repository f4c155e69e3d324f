import { gzipSync } from 'node:zlib'

const MIB = 1024 * 1024
const BATCH = 'application/cloudevents-batch+json'
const LINES = 'application/x-ndjson'
const PLAIN = 'application/cloudevents+json'

/** Bodies at and beyond the limits: content type, body before packing, whether packed, status of the answer. */
export const HEAVY_CASES: readonly (readonly [string, string, () => string | Buffer, boolean, number])[] = [
  ['11 MiB', LINES, () => Buffer.alloc(11 * MIB, 0x20), false, 413],
  ['60 MiB of blanks, packed', LINES, () => Buffer.alloc(60 * MIB, 0x20), true, 202],
  ['65 MiB, packed', LINES, () => Buffer.alloc(65 * MIB, 0x20), true, 413],
  ['five million lists in a batch, packed', BATCH, () => `[${'[],'.repeat(5e6)}[]]`, true, 413],
  ['a list of twenty million lists, packed', BATCH, () => `[[${'[],'.repeat(2e7)}[]]]`, true, 400],
  ['one event of twenty million lists, packed', PLAIN, () => `{"data":[${'[],'.repeat(2e7)}[]]}`, true, 400],
  ['thirty million lines, packed', LINES, () => '1\n'.repeat(3e7), true, 413],
  ['a line of 60 MiB, packed', LINES, () => `"${'字'.repeat(20 * MIB)}"`, true, 400],
  ['brackets to the bottom, packed', PLAIN, () => '['.repeat(60 * MIB), true, 400],
  ['quotes that never end, packed', BATCH, () => `["${'\\"'.repeat(30 * MIB)}`, true, 400],
  ['five thousand refusals', LINES, () => '{"id":"x"}\n'.repeat(5_000), false, 400],
  ['refused events as long as messages', LINES, () => `{"id":"${'字'.repeat(300 * 1024)}"}\n`.repeat(5), false, 400],
]

export const packed = (body: string | Buffer): Buffer => gzipSync(body, { level: 1 })
