import { setTimeout as sleep } from 'node:timers/promises'
import type { Alert } from '../../src/model/alert.ts'
import type { Random } from '../../src/simulate/random.ts'
import type { Service } from '../support/service.ts'

/** An officer who comments on alerts while everything breaks: what was answered with 200 must stay. */
export interface Officer {
  /** Note by note, the alert it was written on. */
  readonly written: ReadonlyMap<string, string>
  run(signal: AbortSignal): Promise<void>
}

const PATIENCE_MS = 20_000

export function createOfficer(service: Service, random: Random): Officer {
  const written = new Map<string, string>()

  async function ask(path: string, init: RequestInit = {}): Promise<Response | null> {
    return service.request(path, { ...init, signal: AbortSignal.timeout(PATIENCE_MS) }).catch(() => null)
  }

  async function comment(note: string): Promise<void> {
    const page = await ask('/v1/alerts?limit=100')
    if (page?.status !== 200) return
    const { items } = (await page.json().catch(() => ({ items: [] }))) as { items: Alert[] }
    // Few on one alert: its history holds the newest 50 entries.
    const free = items.filter(({ id }) => [...written.values()].filter((on) => on === id).length < 20)
    if (free.length === 0) return
    const { id, revision } = random.pick(free)
    const answer = await ask(`/v1/alerts/${id}/actions`, {
      body: JSON.stringify({ action: 'comment', note }),
      headers: { 'content-type': 'application/json', 'if-match': `"${revision}"` },
    })
    if (answer?.status === 200) written.set(note, id)
  }

  return {
    written,
    async run(signal) {
      for (let count = 1; !signal.aborted; count++) {
        await comment(`note ${count}`)
        await sleep(500, undefined, { signal }).catch(() => {})
      }
    },
  }
}
