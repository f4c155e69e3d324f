import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'
import { type FileHandle, open, readFile } from 'node:fs/promises'
import { deflateRawSync, inflateRawSync } from 'node:zlib'
import { ImportError } from '../faults.ts'
import { SNAPSHOT_LIMITS } from './limits.ts'

/** Rows of a table in a file that nobody reads without the import key (AES-256-GCM); lines, written in stretches. */
export interface BucketWriter {
  add(line: string): Promise<void>
  /** What was added is on the disk when it resolves. */
  close(): Promise<void>
}

const LENGTH_BYTES = 4
const IV_BYTES = 12
const TAG_BYTES = 16

/** The key of rows at rest, made of the import key. */
export function rowKeyOf(importKey: Buffer): Buffer {
  return Buffer.from(hkdfSync('sha256', importKey, Buffer.alloc(0), 'yujing import snapshot rows', 32))
}

/**
 * Begins a file anew. Each chunk is bound to its bucket and its place, so that none can be swapped for another:
 *
 *     | length | iv | tag | sealed lines | length | iv | tag | ...
 */
export async function writeBucket(path: string, bucket: number, rowKey: Buffer): Promise<BucketWriter> {
  const file: FileHandle = await open(path, 'w', 0o600)
  let lines: string[] = []
  let held = 0
  let total = 0
  let chunk = 0

  async function seal(): Promise<void> {
    if (lines.length === 0) return
    const iv = randomBytes(IV_BYTES)
    const cipher = createCipheriv('aes-256-gcm', rowKey, iv).setAAD(placeOf(bucket, chunk))
    const sealed = Buffer.concat([cipher.update(deflateRawSync(lines.join('\n'), { level: 1 })), cipher.final()])
    const length = Buffer.alloc(LENGTH_BYTES)
    length.writeUInt32BE(sealed.length)
    await file.appendFile(Buffer.concat([length, iv, cipher.getAuthTag(), sealed]))
    chunk += 1
    lines = []
    held = 0
  }

  return {
    async add(line) {
      lines.push(line)
      held += line.length
      total += line.length
      if (total > SNAPSHOT_LIMITS.mostBucketBytes) {
        throw new ImportError(
          `the table is larger than can be compared here (${SNAPSHOT_LIMITS.buckets} times ${SNAPSHOT_LIMITS.mostBucketBytes} bytes): divide it, under a --snapshot name for each part`,
        )
      }
      if (held >= SNAPSHOT_LIMITS.chunkBytes) await seal()
    },
    async close() {
      await seal()
      await file.datasync()
      await file.close()
    },
  }
}

/** The lines of a bucket. @throws ImportError when it is damaged, or sealed with another key */
export async function readBucket(path: string, bucket: number, rowKey: Buffer): Promise<string[]> {
  const bytes = await readFile(path).catch(() => {
    throw new ImportError(`${path} is missing: put the directory of snapshots back from a backup`)
  })
  const lines: string[] = []
  try {
    for (let at = 0, chunk = 0; at < bytes.length; chunk++) {
      const iv = bytes.subarray(at + LENGTH_BYTES, at + LENGTH_BYTES + IV_BYTES)
      const begin = at + LENGTH_BYTES + IV_BYTES + TAG_BYTES
      const end = begin + bytes.readUInt32BE(at)
      const opening = createDecipheriv('aes-256-gcm', rowKey, iv).setAAD(placeOf(bucket, chunk))
      opening.setAuthTag(bytes.subarray(begin - TAG_BYTES, begin))
      const text = inflateRawSync(Buffer.concat([opening.update(bytes.subarray(begin, end)), opening.final()]))
      for (const line of text.toString('utf8').split('\n')) lines.push(line)
      at = end
    }
  } catch {
    throw new ImportError(`${path} is damaged, or import.key is another than when it was written: put back both`)
  }
  return lines
}

function placeOf(bucket: number, chunk: number): Buffer {
  return Buffer.from(`${bucket}:${chunk}`)
}
