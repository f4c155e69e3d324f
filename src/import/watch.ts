import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { formatTime } from '../model/time.ts'
import { clearAway, type Delivery, lookForDeliveries, type Receipt, settleDelivery } from './delivery.ts'
import type { Encoding } from './encoding.ts'
import { ImportError, UndecidedError } from './faults.ts'
import { importKeyOf } from './import-key.ts'
import { openFile } from './input.ts'
import { type ImportRequest, importFile } from './run.ts'
import type { ImportGround } from './session.ts'
import { importSnapshot, type SnapshotRequest } from './snapshot/run.ts'
import { readingOf, sourceOf } from './source.ts'

/** How a watched directory is imported. */
export interface WatchOptions {
  readonly directory: string
  readonly mapping: { readonly text: string; readonly name: string } | null
  readonly encoding?: Encoding | undefined
  readonly backfill: boolean
  /** Each delivery is one full table, to be compared with the last; null: files as they are. */
  readonly snapshot: Pick<SnapshotRequest, 'source' | 'key' | 'acceptAnyway' | 'tolerancePercent'> | null
  /** Ends when nothing whole is left, instead of waiting for more. */
  readonly once: boolean
}

/** Between two looks, milliseconds. */
const LOOK_EVERY_MS = 2_000

/** Imports what another system drops, delivery by delivery, until aborted; answers with how many were settled. */
export async function watchDirectory(ground: ImportGround, options: WatchOptions): Promise<number> {
  let settled = 0
  await clearAway(options.directory)
  while (!ground.signal.aborted) {
    const found = await lookForDeliveries(options.directory)
    for (const delivery of found) {
      if (ground.signal.aborted) return settled
      if (delivery.kind !== 'coming' && (await settle(ground, options, delivery))) settled += 1
    }
    if (options.once) return settled
    await wait(LOOK_EVERY_MS, undefined, { signal: ground.signal }).catch(() => undefined)
  }
  return settled
}

/** False: interrupted, it goes on when the directory is watched again. */
async function settle(
  ground: ImportGround,
  options: WatchOptions,
  delivery: Exclude<Delivery, { kind: 'coming' }>,
): Promise<boolean> {
  const { directory } = options
  const { manifest } = delivery
  const at = () => formatTime(ground.clock.now())
  const refuse = async (why: string) => {
    ground.say(`${manifest} refused: ${why}`)
    await settleDelivery(directory, manifest, { state: 'refused', at: at(), why, files: [] })
    return true
  }
  if (delivery.kind === 'wrong') return await refuse(delivery.why)
  const files: Receipt['files'][number][] = []
  if (options.snapshot !== null && delivery.files.length > 1) {
    return await refuse('a full table is one file, and the manifest names more')
  }
  try {
    // All of them are counted before the first event of one is sent.
    for (const { name, rows } of delivery.files) {
      const counted = await rowsIn(ground, options, join(directory, name))
      if (counted !== rows) return await refuse(`${name} has ${counted} rows and the manifest says ${rows}`)
    }
  } catch (error) {
    if (error instanceof ImportError) return await refuse(error.message)
    throw error
  }
  for (const { name, sha256 } of delivery.files) {
    const path = join(directory, name)
    const request = { ...options, input: await openFile(path), rejectsPath: `${path}.rejected` }
    const summary = await importOne(ground, request, options.snapshot).catch((error: unknown) => {
      if (error instanceof UndecidedError) return error.message
      throw error
    })
    if (typeof summary === 'string') return await refuse(summary)
    const { state, run, rows, accepted, again, duplicates, rejected } = summary
    if (state === 'stopped') return false
    files.push({ name, sha256, run, rows, accepted: accepted + again, duplicates, rejected })
  }
  await settleDelivery(directory, manifest, { state: 'imported', at: at(), files })
  return true
}

function importOne(ground: ImportGround, request: ImportRequest, snapshot: WatchOptions['snapshot']) {
  return snapshot === null ? importFile(ground, request) : importSnapshot(ground, { ...request, ...snapshot })
}

async function rowsIn(ground: ImportGround, options: WatchOptions, path: string): Promise<number> {
  const input = await openFile(path)
  const reading = readingOf(input, options, options.mapping)
  const { source } = await sourceOf(input, reading, await importKeyOf(ground.stateDir))
  let rows = 0
  for await (const items of source.items({ offset: 0, line: 1 })) rows += items.length
  return rows
}
