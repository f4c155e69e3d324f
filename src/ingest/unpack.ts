import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { YujingError } from '../model/errors.ts'
import type { IngestLimits } from './limits.ts'

const unzip = promisify(gunzip)

/** Bytes of a gzip member's trailer: a checksum, and the length modulo 2^32 in the last four. */
const TRAILER_BYTES = 8

/** How long a body is unpacked, by its own account: gzip says so at its end, of its last member. */
export function unpackedLength(body: Buffer, contentEncoding: string | undefined): number {
  if (!/gzip/i.test(contentEncoding ?? '') || body.length < TRAILER_BYTES) return body.length
  return body.readUInt32LE(body.length - 4)
}

/**
 * The body without its compression.
 *
 * @throws YujingError `body.too-large` beyond either limit, `body.malformed` when the gzip is broken or cut off,
 * `body.media-type` for any other coding
 */
export async function unpack(body: Buffer, contentEncoding: string | undefined, limits: IngestLimits): Promise<Buffer> {
  if (body.length > limits.bodyBytes) throw new YujingError('body.too-large')
  const coding = contentEncoding?.trim().toLowerCase() ?? ''
  if (coding === '' || coding === 'identity') return body
  if (coding !== 'gzip' && coding !== 'x-gzip') {
    throw new YujingError(
      'body.media-type',
      'The only compression taken is gzip; send the body with it or without any.',
    )
  }
  try {
    return await unzip(body, { maxOutputLength: limits.unpackedBytes })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw new YujingError('body.too-large')
    throw new YujingError('body.malformed', 'The gzip body is broken or cut off; send it again whole.')
  }
}
