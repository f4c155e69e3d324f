import { mkdir, readdir } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import type { ClickHouseClient } from '@clickhouse/client'
import type { StreamCopies, StreamCopy } from '../log/stream-copies.ts'
import { EVENTS, SNAPSHOTS } from '../log/streams.ts'
import { copiedTables, linesOfTable } from '../store/table-copies.ts'
import type { Clock } from '../telemetry/clock.ts'
import { writeBackupFile } from './backup-file.ts'
import { type BackupFile, MANIFEST_FORMAT, type Manifest, writeManifest } from './manifest.ts'

export interface BackUpOptions {
  /** Made (0700) when missing; must be empty. */
  readonly directory: string
  readonly streams: StreamCopies
  readonly client: ClickHouseClient
  readonly epoch: string
  /** Fingerprint of the key of the pseudonyms. */
  readonly personKey: string
  readonly clock: Clock
  /** What is being copied, and how far: 0 to 1. */
  readonly onProgress: (what: string, done: number) => void
}

const COMPRESSION = { level: 1 }
const LINE_FEED = 10
/** Of the moment: leases of replicas that will not run any more. */
const NOT_COPIED = 'KV_yujing_leases'

/**
 * Copies both stores while they are at work. No part is stopped; the order makes the parts fit:
 *
 *     snapshots ─> places of readers, alerts, configuration ─> findings, quarantine ─> log to P ─> ClickHouse to P
 *
 * Each part refers only to what lies before it in the flow, and what lies before it is copied later and so reaches
 * further: a snapshot's findings are in the findings, an alert's position is in the log. What a part lacks at its end is
 * made again from the log after a restore, as after a kill.
 */
export async function backUp(options: BackUpOptions): Promise<Manifest> {
  const { directory, streams, client, epoch } = options
  await mkdir(directory, { recursive: true, mode: 0o700 })
  if ((await readdir(directory)).length > 0) throw new Error(`${directory} is not empty: name a new directory`)
  const createdAt = new Date(options.clock.now()).toISOString()

  const names = (await streams.names()).filter((name) => name !== NOT_COPIED)
  const copied: (StreamCopy & BackupFile)[] = []
  for (const name of names.sort((a, b) => turnOf(a) - turnOf(b))) copied.push(await copyStream(name, options))
  const log = copied.find(({ name }) => name === EVENTS)
  if (!log) throw new Error('there is no log to back up: start the service once')
  const position = { epoch, seq: log.state.last_seq }

  const tables: Manifest['tables'][number][] = []
  for (const table of await copiedTables(client)) {
    let rows = 0
    const file = await writeBackupFile(directory, `${table.name}.ndjson.gz`, async (write) => {
      const lines = linesOfTable(client, table, position)
      const counted = async function* () {
        for await (const piece of lines) {
          rows += linesIn(piece)
          options.onProgress(table.name, Math.min(1, rows / Math.max(1, table.rows)))
          yield piece
        }
      }
      await pipeline(counted, createGzip(COMPRESSION), async (pieces) => {
        for await (const piece of pieces) await write(piece as Buffer)
      })
    })
    tables.push({ name: table.name, rows, ...file })
    options.onProgress(table.name, 1)
  }

  const manifest = {
    format: MANIFEST_FORMAT,
    createdAt,
    position,
    personKey: options.personKey,
    streams: copied,
    tables,
  } as const
  await writeManifest(directory, manifest)
  return manifest
}

async function copyStream(name: string, o: BackUpOptions): Promise<StreamCopy & BackupFile> {
  const expected = Math.max(1, await o.streams.bytes(name))
  let copy: StreamCopy | null = null
  let bytes = 0
  const file = await writeBackupFile(o.directory, `${name}.stream`, async (write) => {
    copy = await o.streams.save(name, async (piece) => {
      await write(piece)
      bytes += piece.length
      o.onProgress(name, Math.min(1, bytes / expected))
    })
  })
  if (copy === null) throw new Error(`no copy of ${name}`)
  o.onProgress(name, 1)
  return { ...(copy as StreamCopy), ...file }
}

/** When a stream has its turn: whoever refers to another goes before it. */
function turnOf(name: string): number {
  if (name === `OBJ_${SNAPSHOTS}`) return 0
  if (name === 'KV_yujing_positions') return 1
  if (name.startsWith('KV_')) return 2
  return name === EVENTS ? 4 : 3
}

function linesIn(piece: Buffer): number {
  let lines = 0
  for (let at = piece.indexOf(LINE_FEED); at >= 0; at = piece.indexOf(LINE_FEED, at + 1)) lines += 1
  return lines
}
