import type { Input } from '../input.ts'
import { createFigures, TELL_EVERY_MS } from '../progress.ts'
import type { ImportGround, OpenRun } from '../session.ts'
import { createTeller } from '../tell.ts'
import type { FullTable } from './full-table.ts'
import { type Taken, takeIn } from './take-in.ts'

const NOTHING_SENT = { events: 0, accepted: 0, duplicates: 0, again: 0, rejected: 0 }

/** Takes a table in and says how far it is; to the service as the first half of its run. Null: interrupted. */
export async function readTold(
  ground: ImportGround,
  open: OpenRun,
  input: Input,
  table: FullTable,
  idKey: Buffer,
): Promise<Taken | null> {
  const { clock, signal, target } = ground
  const { run, kind, name, backfill } = open.journal.state.head
  const teller = createTeller(target, run)
  await teller.begin({ kind, file: name, bytes: input.bytes, backfill })
  const view = ground.view(input.bytes)
  const figures = createFigures(clock, input.bytes, { rows: 0, bytesDone: 0 })
  let told = clock.now()
  try {
    return await takeIn(open.directory, table, {
      idKey,
      signal,
      onRows(rows) {
        const latest = figures({ ...NOTHING_SENT, rows }, input.taken())
        view.show(latest)
        if (clock.now() - told < TELL_EVERY_MS) return
        told = clock.now()
        const bytesDone = Math.floor(latest.bytesDone / 2)
        teller.tell({ ...latest, rows: 0, rate: 0, remaining: null, bytesDone, state: 'running' })
      },
    })
  } finally {
    view.stop()
  }
}
