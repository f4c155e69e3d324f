import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ClickHouseClient } from '@clickhouse/client'
import { type Batch, controlsOf, rowsOf } from './batch.ts'
import { insertBatch } from './insert.ts'
import type { RefusedRow } from './ports.ts'
import { clear, isWhole, type Presence, presenceOf } from './presence.ts'

/** An insert that was sent before may still be under way; what is not whole is asked again after each of these, in ms. */
const ASK_AGAIN_MS = [250, 1_000, 2_000]

export interface Settled {
  readonly refused: readonly RefusedRow[]
}

/**
 * Brings a batch into ClickHouse exactly once.
 *
 * Sent for the first time, ClickHouse's yes is enough. In doubt (it was sent before and nobody knows what came of it)
 * it is sent again under the same token, which does nothing where it had arrived, and then counted. Should the counts
 * not fit, the token has outlived its memory in ClickHouse: the stretch is cleared and sent under a token of its own.
 *
 * Rejects when ClickHouse is away or fails; then the batch is in doubt.
 */
export async function settle(
  client: ClickHouseClient,
  batch: Batch,
  epoch: string,
  inDoubt: boolean,
  signal: AbortSignal,
): Promise<Settled> {
  const token = `${epoch}:${batch.fromSeq}-${batch.toSeq}`
  if (!inDoubt) return { refused: await insertBatch(client, batch, epoch, token) }

  const rows = rowsOf(batch)
  const controls = controlsOf(batch).length
  const present = await presenceOf(client, batch, epoch)
  if (isWhole(present, rows, controls)) return { refused: [] }

  let refused = isBeyond(present, rows) ? [] : await insertBatch(client, batch, epoch, token)
  const wholeNow = async () => {
    const lost = refused.filter(({ position }) => position.index < 0).length
    return isWhole(await presenceOf(client, batch, epoch), rows - refused.length + lost, controls - lost)
  }
  let whole = await wholeNow()
  for (const waitMs of ASK_AGAIN_MS) {
    if (whole) return { refused }
    await sleep(waitMs, undefined, { signal })
    whole = await wholeNow()
  }
  if (whole) return { refused }
  await clear(client, batch, epoch)
  refused = await insertBatch(client, batch, epoch, `${token}/${randomBytes(6).toString('hex')}`)
  if (await wholeNow()) return { refused }
  throw new Error(`the rows of ${token} are not what was sent`)
}

/** More rows than were sent: nothing that is sent can mend that. */
function isBeyond(presence: Presence, rows: number): boolean {
  return presence.events > rows
}
