import { askClickHouse, eventually, type Service } from '../support/service.ts'
import type { IngestAnswer } from '../support/world.ts'

/** Counts of events by what became of them, the parked among the stored; refused ones by code, reused ids under `event.id-reused`. */
export interface Tally {
  stored: number
  duplicate: number
  readonly quarantined: Map<string, number>
}

export const emptyTally = (): Tally => ({ stored: 0, duplicate: 0, quarantined: new Map() })

/** Enters the answer to a request. */
export function enter(tally: Tally, { accepted, duplicates, rejected, reused }: IngestAnswer): void {
  tally.stored += accepted
  tally.duplicate += duplicates
  for (const code of [...rejected.map(({ code }) => code), ...reused.map(() => 'event.id-reused')])
    tally.quarantined.set(code, (tally.quarantined.get(code) ?? 0) + 1)
}

/** A counter of /metrics, by the value of one label. */
export async function counter(service: Service, name: string, label: string): Promise<Map<string, number>> {
  const text = await (await service.request('/metrics')).text()
  const found = new Map<string, number>()
  for (const line of text.matchAll(new RegExp(`^${name}\\{(.*)\\} (\\d+)$`, 'gm'))) {
    const value = new RegExp(`${label}="([^"]*)"`).exec(line[1] ?? '')?.[1] ?? ''
    found.set(value, (found.get(value) ?? 0) + Number(line[2]))
  }
  return found
}

/** Events in ClickHouse, counted apart from the service, and those that are parked in the log until their original comes. */
async function keptEvents(service: Service): Promise<number> {
  return Number(await askClickHouse(service, 'SELECT count() FROM events')) + (await parked(service))
}

async function parked(service: Service): Promise<number> {
  const text = await (await service.request('/metrics')).text()
  return Number(/^yujing_parked_corrections (\d+)$/m.exec(text)?.[1])
}

/** The quarantine's list as the administrator sees it, as it came and by code. */
export async function quarantineList(service: Service): Promise<{ text: string; counts: Map<string, number> }> {
  const text = await (await service.request('/v1/quarantine')).text()
  const { items } = JSON.parse(text) as { items: { code: string; count: number }[] }
  return { text, counts: new Map(items.map(({ code, count }) => [code, count])) }
}

/** Events alone: bodies that were refused as a whole stand beside them in quarantine, and in no answer by number. */
const ofEvents = (counts: ReadonlyMap<string, number>) =>
  new Map([...counts].filter(([code]) => !code.startsWith('body.')))
const sorted = (counts: ReadonlyMap<string, number>) => [...counts].filter(([, n]) => n > 0).sort()

/** sent = stored + parked + duplicate + quarantined: the same in the answers, the metrics, ClickHouse and the quarantine. */
export async function checkLedger(service: Service, tally: Tally): Promise<void> {
  const expected = JSON.stringify([tally.stored, sorted(tally.quarantined)])
  let seen = ''
  await eventually(
    'the same counts in ClickHouse as in the answers',
    async () => {
      seen = JSON.stringify([await keptEvents(service), sorted(ofEvents((await quarantineList(service)).counts))])
      return seen === expected
    },
    120_000,
  ).catch(() => {
    throw new Error(`answered ${expected}, kept ${seen}`)
  })
  const outcomes = await counter(service, 'yujing_events_total', 'outcome')
  const rejected = await counter(service, 'yujing_events_rejected_total', 'code')
  const reused = tally.quarantined.get('event.id-reused') ?? 0
  const told = [
    (outcomes.get('stored') ?? 0) + (await parked(service)),
    (outcomes.get('duplicate') ?? 0) + (outcomes.get('reused') ?? 0),
    sorted(rejected),
  ]
  const answered = new Map(tally.quarantined)
  answered.delete('event.id-reused')
  if (reused !== (outcomes.get('reused') ?? 0))
    throw new Error(`reused: answered ${reused}, counted ${outcomes.get('reused')}`)
  const answeredText = JSON.stringify([tally.stored, tally.duplicate, sorted(answered)])
  if (JSON.stringify(told) !== answeredText)
    throw new Error(`answered ${answeredText}, metrics say ${JSON.stringify(told)}`)
}
