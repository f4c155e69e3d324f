import { ImportError } from './faults.ts'

export const ENCODINGS = ['utf-8', 'gb18030'] as const
export type Encoding = (typeof ENCODINGS)[number]

/**
 * The encoding of a text by its beginning: UTF-8 when it is that throughout (a character may be cut off at the end of the
 * sample), else GB18030, which holds GBK and GB2312.
 *
 * @throws ImportError for UTF-16, which some spreadsheets write
 */
export function detectEncoding(sample: Buffer): Encoding {
  if ((sample[0] === 0xff && sample[1] === 0xfe) || (sample[0] === 0xfe && sample[1] === 0xff)) {
    throw new ImportError('the file is UTF-16: save it again as "CSV UTF-8", or convert it with iconv -t UTF-8')
  }
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(sample, { stream: true })
    return 'utf-8'
  } catch {
    return 'gb18030'
  }
}

/** Turns bytes into text; null where they are not of this encoding. */
export type Decode = (bytes: Buffer) => string | null

export function createDecode(encoding: Encoding): Decode {
  const decoder = new TextDecoder(encoding, { fatal: true, ignoreBOM: true })
  return (bytes) => {
    try {
      return decoder.decode(bytes)
    } catch {
      return null
    }
  }
}
