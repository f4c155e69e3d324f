import { createHash } from 'node:crypto'
import type { Item, ItemSource } from './item.ts'
import type { RunState, Stretch } from './journal.ts'

interface SentEvent {
  readonly id: string
  readonly source: string
  readonly subject?: string
  readonly region: string
  readonly industry?: string
  readonly backfill?: boolean
}

/**
 * The withdrawal of a run: an `event.retracted` for each event that came into the log through it, made of the same file
 * again; and what such an event had replaced or withdrawn, said again. What had been refused, or was there before the run
 * came, stays out of it: it belongs to somebody else.
 *
 * @param source the run's own, over the same bytes
 * @param undo run that withdraws, and when it began: the same again makes the same events
 */
export function undoSource(
  source: ItemSource,
  withdrawn: Pick<RunState, 'stretches' | 'sending' | 'offset'>,
  undo: { readonly run: string; readonly startedAt: string; readonly reason: string },
): ItemSource {
  const stretches = allStretches(withdrawn)

  /** `former`: what the event had replaced or withdrawn stands again. */
  function opposites(text: string, former: Readonly<Record<string, unknown>> | null): string[] {
    const sent = sentEvent(text)
    if (sent === null) return []
    const { id, source: sender, subject, region, industry, backfill } = sent
    const name = createHash('sha256').update(`${sender}\0${id}`).digest('hex').slice(0, 24)
    if (former !== null) return [JSON.stringify({ ...former, id: `undo-${undo.run}-${name}`, backfill })]
    const retraction = {
      specversion: '1.0',
      id: `undo-${undo.run}-${name}`,
      source: sender,
      type: 'event.retracted',
      subject,
      time: undo.startedAt,
      region,
      industry,
      backfill,
      retracts: id,
      data: { reason: undo.reason },
    }
    return [JSON.stringify(retraction)]
  }

  return {
    async *items(from) {
      let at = stretchAt(stretches, from.offset)
      let number = 0
      // A stretch is taken whole: events are counted from its beginning, and this may begin in its middle.
      const begin = at === 0 ? { offset: 0, line: 1 } : placeAfter(stretches[at - 1] as Withdrawable)
      for await (const group of source.items(begin)) {
        const items: Item[] = []
        for (const item of group) {
          while (at < stretches.length && item.start >= (stretches[at] as Withdrawable).settled) {
            at += 1
            number = 0
          }
          const others = stretches[at]?.others ?? null
          const events: string[] = []
          for (const [index, text] of item.events.entries()) {
            if (others !== null && !others.has(number++))
              events.push(...opposites(text, item.restores?.[index] ?? null))
          }
          if (item.start < from.offset) continue
          items.push({ ...item, events, rules: [], fault: null })
        }
        if (items.length > 0) yield items
        if (at >= stretches.length) return
      }
    },
    explain: (_rule, { message }) => message,
  }
}

/** Null for a line that the door refuses, whether it was asked or not: it is no event, or names none. */
function sentEvent(text: string): SentEvent | null {
  try {
    const event = JSON.parse(text) as Partial<SentEvent> | null
    return typeof event?.id === 'string' && typeof event.source === 'string' ? (event as SentEvent) : null
  } catch {
    return null
  }
}

type Withdrawable = Pick<Stretch, 'settled' | 'line'> & { readonly others: ReadonlySet<number> }

/** What was under way when the run broke off may have arrived, so it is withdrawn as well. */
function allStretches({
  stretches,
  sending,
  offset,
}: Pick<RunState, 'stretches' | 'sending' | 'offset'>): Withdrawable[] {
  const all = stretches.map(({ settled, line, others }) => ({ settled, line, others: new Set(others) }))
  return sending > offset ? [...all, { settled: sending, line: 0, others: new Set() }] : all
}

function stretchAt(stretches: readonly Withdrawable[], offset: number): number {
  const found = stretches.findIndex(({ settled }) => offset < settled)
  return found === -1 ? stretches.length : found
}

function placeAfter({ settled, line }: Withdrawable): { offset: number; line: number } {
  return { offset: settled, line }
}
