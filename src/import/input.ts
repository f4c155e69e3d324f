import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { open, realpath, stat } from 'node:fs/promises'
import { basename } from 'node:path'
import type { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { ImportError } from './faults.ts'

/** A file or a pipe, as it comes unpacked. */
export interface Input {
  /** Without its directories; what is shown and told. */
  readonly name: string
  /** Absolute path; null for a pipe. */
  readonly path: string | null
  /** Bytes on disk; null for a pipe. */
  readonly bytes: number | null
  readonly isPacked: boolean
  /** Tells this content from another: what it begins with, its length and its time of change. */
  readonly identity: string
  /** Its first bytes, unpacked. */
  readonly sample: Buffer
  /**
   * The unpacked bytes from an offset on. What is packed or piped is read from its beginning all the same, and thrown
   * away up to there. A pipe can be read once.
   */
  read(from: number): AsyncIterable<Buffer>
  /** How much of `bytes` has been taken from the disk. */
  taken(): number
}

const SAMPLE_BYTES = 1024 * 1024
const CHUNK_BYTES = 512 * 1024
const GZIP = [0x1f, 0x8b]

/** @throws ImportError when there is no such file, it cannot be read, or it is empty */
export async function openFile(path: string): Promise<Input> {
  const real = await realpath(path).catch(() => {
    throw new ImportError(`there is no file ${path}`)
  })
  const { size, mtimeMs, isDirectory } = await stat(real).then((found) => ({
    size: found.size,
    mtimeMs: found.mtimeMs,
    isDirectory: found.isDirectory(),
  }))
  if (isDirectory) throw new ImportError(`${path} is a directory: name a file, or use --watch`)
  if (size === 0) throw new ImportError(`${path} is empty: nothing is imported`)
  const file = await open(real).catch(() => {
    throw new ImportError(`${path} cannot be read: check its rights`)
  })
  let head: Buffer
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(Math.min(size, SAMPLE_BYTES)), 0)
    head = buffer.subarray(0, bytesRead)
  } finally {
    await file.close()
  }
  const isPacked = head[0] === GZIP[0] && head[1] === GZIP[1]
  let taken = 0
  const unpacked = (from: number): AsyncIterable<Buffer> => {
    taken = isPacked ? 0 : from
    const raw = createReadStream(real, { highWaterMark: CHUNK_BYTES, start: isPacked ? 0 : from })
    const count = (chunk: Buffer) => {
      taken += chunk.length
    }
    return isPacked ? after(gunzip(raw, path, count), from) : counted(raw, count)
  }
  const sample = isPacked ? await first(unpacked(0), SAMPLE_BYTES) : head
  const identity = createHash('sha256').update(`${real}\0${size}\0${mtimeMs}\0`).update(head).digest('hex')
  return {
    name: basename(real),
    path: real,
    bytes: size,
    isPacked,
    identity,
    sample,
    read: unpacked,
    taken: () => taken,
  }
}

/** Standard input; known again by its first bytes. */
export async function openPipe(stream: NodeJS.ReadableStream, name = 'stdin'): Promise<Input> {
  const chunks = stream[Symbol.asyncIterator]()
  const held: Buffer[] = []
  let length = 0
  while (length < SAMPLE_BYTES) {
    const next = await chunks.next()
    if (next.done) break
    held.push(Buffer.from(next.value))
    length += held.at(-1)?.length ?? 0
  }
  const head = Buffer.concat(held)
  if (head.length === 0) throw new ImportError('nothing came on standard input')
  const isPacked = head[0] === GZIP[0] && head[1] === GZIP[1]
  if (isPacked) throw new ImportError('standard input is gzip: put "gunzip -c FILE |" before the command')
  let taken = 0
  async function* all(): AsyncGenerator<Buffer> {
    yield head
    for (let next = await chunks.next(); !next.done; next = await chunks.next()) yield Buffer.from(next.value)
  }
  return {
    name,
    path: null,
    bytes: null,
    isPacked,
    identity: createHash('sha256').update(head).digest('hex'),
    sample: head,
    read: (from) =>
      after(
        counted(all(), (chunk) => {
          taken += chunk.length
        }),
        from,
      ),
    taken: () => taken,
  }
}

async function* counted(chunks: AsyncIterable<Buffer>, count: (chunk: Buffer) => void): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) {
    count(chunk)
    yield chunk
  }
}

async function* gunzip(raw: Readable, path: string, count: (chunk: Buffer) => void): AsyncGenerator<Buffer> {
  raw.on('data', count)
  const unpacking = raw.pipe(createGunzip({ chunkSize: CHUNK_BYTES }))
  raw.on('error', (error) => unpacking.destroy(error))
  try {
    for await (const chunk of unpacking) yield chunk as Buffer
  } catch (error) {
    const cause = error instanceof Error ? error.message : String(error)
    throw new ImportError(`${path} is damaged gzip (${cause}): it was cut off or changed; get it again`)
  } finally {
    raw.destroy()
  }
}

async function* after(chunks: AsyncIterable<Buffer>, from: number): AsyncGenerator<Buffer> {
  let passed = 0
  for await (const chunk of chunks) {
    const begin = Math.max(0, from - passed)
    passed += chunk.length
    if (begin < chunk.length) yield begin === 0 ? chunk : chunk.subarray(begin)
  }
}

async function first(chunks: AsyncIterable<Buffer>, bytes: number): Promise<Buffer> {
  const held: Buffer[] = []
  let length = 0
  for await (const chunk of chunks) {
    held.push(chunk)
    length += chunk.length
    if (length >= bytes) break
  }
  return Buffer.concat(held).subarray(0, bytes)
}
