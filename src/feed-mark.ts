import { createHash } from 'node:crypto'
import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import type { AlertBucket } from './alerts/ports/alert-bucket.ts'

/** Two slots, each in a block of its own, written in turn: what tears one leaves the other. */
const SLOT_BYTES = 64
const SLOT_AT = [0, 4096] as const

/** Up to where the feed has spoken: no client has a cursor beyond it. */
export interface Told {
  readonly epoch: string
  readonly offset: number
}

/**
 * The feed's high-water mark: a file in the data directory, flushed to the disk before an offset is told to anybody. A
 * log that ends below it has lost what clients have seen (an older copy was put back, a power cut took the end), and
 * cursors of then must not be taken for cursors of now. With an external NATS each replica keeps its own, for its own
 * clients.
 */
export interface FeedMark {
  /** What an earlier life left; null for none. */
  readonly found: Told | null
  /** The bucket, with the mark raised before the watch hands out a change. `epoch`: of this life. */
  guard(bucket: AlertBucket, epoch: string): AlertBucket
  close(): Promise<void>
}

/** Opens the file, or makes it. */
export async function openFeedMark(path: string): Promise<FeedMark> {
  const file = await open(path, constants.O_RDWR | constants.O_CREAT, 0o600)
  const slots = await Promise.all(SLOT_AT.map((at) => readSlot(file, at)))
  const newest = slots.reduce((a, b) => (b !== null && (a === null || b.turn > a.turn) ? b : a), null)
  let turn = newest?.turn ?? 0

  async function keep(told: Told): Promise<void> {
    turn += 1
    await file.write(line(turn, told), SLOT_AT[turn % 2])
    await file.datasync()
  }

  return {
    found: newest,
    guard: (bucket, epoch) => guarded(bucket, (offset) => keep({ epoch, offset })),
    close: () => file.close(),
  }
}

/** One flush covers everything that is known to stand in the log: changes of a burst do not wait for one each. */
function guarded(bucket: AlertBucket, keep: (offset: number) => Promise<void>): AlertBucket {
  let newest = 0
  let kept = 0
  const seen = (revision: number) => {
    newest = Math.max(newest, revision)
    return revision
  }
  return {
    ...bucket,
    lastRevision: async () => seen(await bucket.lastRevision()),
    create: async (key, value) => seen(await bucket.create(key, value)),
    update: async (key, value, revision) => seen(await bucket.update(key, value, revision)),
    async *watch(signal) {
      for await (const entry of bucket.watch(signal)) {
        seen(entry.revision)
        if (entry.revision > kept) {
          const upTo = newest
          await keep(upTo)
          kept = upTo
        }
        yield entry
      }
    },
  }
}

function line(turn: number, { epoch, offset }: Told): string {
  const text = `${turn} ${epoch} ${offset}`
  return `${text} ${checksum(text)}`.padEnd(SLOT_BYTES - 1).concat('\n')
}

async function readSlot(file: FileHandle, at: number): Promise<(Told & { readonly turn: number }) | null> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(SLOT_BYTES), 0, SLOT_BYTES, at)
  const [turn = '', epoch = '', offset = '', sum] = buffer.toString('latin1', 0, bytesRead).trim().split(' ')
  if (sum === undefined || sum !== checksum(`${turn} ${epoch} ${offset}`)) return null
  return { turn: Number(turn), epoch, offset: Number(offset) }
}

function checksum(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 8)
}
