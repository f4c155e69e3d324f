import type { Item, ItemSource } from './item.ts'
import { add, type Journal, type Stretch, type Totals } from './journal.ts'
import type { Answer } from './post.ts'
import type { Reject, Rejects } from './rejects.ts'

/** Named limits of an import. */
export interface TransmitLimits {
  /** Most events of a request, and bytes above which it is closed. */
  readonly batchEvents: number
  readonly batchBytes: number
  /** Requests under way at a time: one is worked on while the next waits and the one after is made. */
  readonly ahead: number
  /** Most rows of a stretch: many that make no events must be written down too. */
  readonly batchRows: number
}

export const TRANSMIT_LIMITS: TransmitLimits = {
  batchEvents: 1_000,
  batchBytes: 2 * 1024 * 1024,
  ahead: 4,
  batchRows: 20_000,
}

export interface TransmitOptions {
  readonly source: ItemSource
  readonly journal: Journal
  readonly rejects: Pick<Rejects, 'add'>
  /** Null: aborted, and nobody knows. */
  readonly send: (lines: readonly string[]) => Promise<Answer | null>
  readonly limits: TransmitLimits
  readonly signal: AbortSignal
  readonly onSettled: (totals: Totals, offset: number) => void
}

interface Batch {
  readonly items: readonly Item[]
  readonly lines: readonly string[]
  readonly end: number
  readonly nextLine: number
}

/**
 * Sends a source's events from where the journal stands, several requests ahead, and writes down what became of them in
 * the order of the file:
 *
 *     file     |== settled ==|-- under way --|..........
 *     journal                ^ settled       ^ sending        a process that dies here sends what is between them again
 *
 * Nothing of it is lost, because only what is answered is settled; nothing is doubled, because the same rows make the
 * same ids. Resolves with false when it was aborted before the end.
 *
 * @throws ImportError what `send` throws; what was settled stays so
 */
export async function transmit(options: TransmitOptions): Promise<boolean> {
  const { source, journal, send, limits, signal } = options
  const { offset, line, sending, totals: before } = journal.state
  let totals = before
  const underWay: { readonly batch: Batch; readonly answer: Promise<Answer | null> }[] = []

  async function settleOldest(): Promise<boolean> {
    const oldest = underWay[0]
    if (oldest === undefined) return true
    const answer = await oldest.answer
    if (answer === null) return false
    underWay.shift()
    const { batch } = oldest
    const { stretch, rejects } = judge(batch, answer, source, startOf(batch) < sending)
    const written = await options.rejects.add(rejects)
    const settled: Stretch = { ...stretch, rejects: written }
    await journal.settled(settled)
    totals = add(totals, settled)
    options.onSettled(totals, batch.end)
    return true
  }

  try {
    for await (const batch of batchesOf(source.items({ offset, line }), limits)) {
      while (underWay.length >= limits.ahead) if (!(await settleOldest())) return false
      if (signal.aborted) break
      if (batch.lines.length > 0 && batch.end > sending) await journal.sending(batch.end)
      const answer = batch.lines.length === 0 ? Promise.resolve(NOTHING) : send(batch.lines)
      // Whoever settles it awaits it; until then its failure must not count as unhandled.
      answer.catch(() => undefined)
      underWay.push({ batch, answer })
    }
    while (underWay.length > 0) if (!(await settleOldest())) return false
    return !signal.aborted
  } finally {
    await Promise.allSettled(underWay.map(({ answer }) => answer))
  }
}

const NOTHING: Answer = { accepted: 0, duplicates: 0, rejected: [], known: [] }

const startOf = ({ items }: Batch) => items[0]?.start ?? 0

async function* batchesOf(source: AsyncIterable<readonly Item[]>, limits: TransmitLimits): AsyncGenerator<Batch> {
  let items: Item[] = []
  let lines: string[] = []
  let bytes = 0
  function* close(): Generator<Batch> {
    const last = items.at(-1)
    if (last === undefined) return
    const batch = { items, lines, end: last.end, nextLine: last.nextLine }
    items = []
    lines = []
    bytes = 0
    yield batch
  }
  for await (const group of source) {
    for (const item of group) {
      items.push(item)
      for (const line of item.events) {
        lines.push(line)
        // Of Chinese text three bytes a character at most; exact enough for a bound.
        bytes += line.length * 2
      }
      if (lines.length >= limits.batchEvents || bytes >= limits.batchBytes || items.length >= limits.batchRows)
        yield* close()
    }
  }
  yield* close()
}

/** Joins the answer with the rows: what became of each event, by its number in the stretch. */
function judge(
  batch: Batch,
  answer: Answer,
  source: ItemSource,
  isAgain: boolean,
): { stretch: Omit<Stretch, 'rejects'>; rejects: Reject[] } {
  const refused = new Map(answer.rejected.map((one) => [one.index, one]))
  const rejects: Reject[] = []
  let index = 0
  for (const item of batch.items) {
    const { line, fault } = item
    const { start, end } = item.origin ?? item
    if (fault !== null) rejects.push({ line, start, end, ...fault })
    for (const [number] of item.events.entries()) {
      const refusal = refused.get(index++)
      if (refusal === undefined) continue
      const sentence = source.explain(item.rules[number], refusal)
      const message = line === 0 ? sentence : `Line ${line}: ${sentence}`
      rejects.push({ line, start, end, code: refusal.code, message })
    }
  }
  const others = [...refused.keys(), ...(isAgain ? [] : answer.known)].sort((a, b) => a - b)
  return {
    rejects,
    stretch: {
      settled: batch.end,
      line: batch.nextLine,
      rows: batch.items.length,
      events: batch.lines.length,
      accepted: answer.accepted,
      duplicates: isAgain ? 0 : answer.duplicates,
      again: isAgain ? answer.duplicates : 0,
      rejected: rejects.length,
      others,
    },
  }
}
