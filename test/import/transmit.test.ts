import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import type { Item, ItemSource } from '../../src/import/item.ts'
import { beginJournal, type Journal, openJournal, readJournal } from '../../src/import/journal.ts'
import type { Answer } from '../../src/import/post.ts'
import { transmit } from '../../src/import/transmit.ts'

const home = mkdtempSync(join(tmpdir(), 'yujing-transmit-'))
afterAll(() => rmSync(home, { recursive: true, force: true }))

const ROWS = 40
const ROW_BYTES = 10
const LIMITS = { batchEvents: 5, batchBytes: 1_000_000, batchRows: 100, ahead: 2 }
const HEAD = {
  version: 1,
  name: 'rows',
  path: null,
  identity: 'x',
  format: 'ndjson',
  encoding: 'utf-8',
  mapping: null,
  backfill: false,
  kind: 'events',
  startedAt: '2026-11-25T08:00:00+08:00',
  undoes: null,
  reason: null,
} as const

/** Rows that make an event each, named by its number. */
const source: ItemSource = {
  async *items({ offset }) {
    for (let row = offset / ROW_BYTES; row < ROWS; row++) {
      const [start, end] = [row * ROW_BYTES, (row + 1) * ROW_BYTES]
      yield [{ line: row + 1, start, end, nextLine: row + 2, events: [String(row)], rules: [], fault: null } as Item]
    }
  },
  explain: (_rule, { message }) => message,
}

/** Where the last row of a request ends. */
const endOf = (lines: readonly string[]) => (Number(lines.at(-1)) + 1) * ROW_BYTES

let runs = 0
async function newRun(): Promise<{ journal: Journal; directory: string }> {
  runs += 1
  const directory = join(home, String(runs))
  return { journal: await beginJournal(directory, { ...HEAD, run: String(runs) }), directory }
}

const sending = (journal: Journal, send: (lines: readonly string[]) => Promise<Answer>) =>
  transmit({
    source,
    journal,
    send,
    rejects: { add: async () => 0 },
    limits: LIMITS,
    signal: new AbortController().signal,
    onSettled: () => {},
  })

test('before a request goes out it is written down that it may have gone out', async () => {
  const { journal, directory } = await newRun()
  await sending(journal, async (lines) => {
    expect((await readJournal(directory)).sending).toBeGreaterThanOrEqual(endOf(lines))
    return { accepted: lines.length, duplicates: 0, rejected: [], known: [] }
  })
  await journal.close()
  const { totals, offset } = await readJournal(directory)
  expect([totals.accepted, offset]).toEqual([ROWS, ROWS * ROW_BYTES])
})

test('law: wherever it dies, what goes on sends every row, counts each once, and takes none of its own for another’s', async () => {
  const death = fc.record({ request: fc.nat(9), arrives: fc.boolean() })
  await fc.assert(
    fc.asyncProperty(fc.array(death, { maxLength: 4 }), async (deaths) => {
      const log = new Set<string>()
      const first = await newRun()
      let { journal } = first
      for (const end of [...deaths, null]) {
        let requests = 0
        const over = await sending(journal, async (lines) => {
          const dies = requests++ === end?.request
          const known = lines.flatMap((line, index) => (log.has(line) ? [index] : []))
          if (!dies || end?.arrives) for (const line of lines) log.add(line)
          if (dies) throw new Error('the process is dead')
          return { accepted: lines.length - known.length, duplicates: known.length, rejected: [], known }
        }).catch(() => false)
        await journal.close()
        if (over) break
        journal = await openJournal(first.directory)
      }
      const { totals, stretches } = await readJournal(first.directory)
      expect(log.size).toBe(ROWS)
      expect(totals).toMatchObject({ rows: ROWS, events: ROWS, duplicates: 0, rejected: 0 })
      expect(totals.accepted + totals.again).toBe(ROWS)
      // What is not this run's stays where it is when the run is withdrawn.
      expect(stretches.flatMap(({ others }) => others)).toEqual([])
    }),
    { numRuns: 15 },
  )
})
