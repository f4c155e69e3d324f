import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { YujingError } from '../model/errors.ts'
import type { IngestLimits } from './limits.ts'

const unzip = promisify(gunzip)

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
