import type { ImportBegin, ImportProgress } from '../model/import-run.ts'
import { ask, refusal, type Target } from './post.ts'

/** Tells the service how far a run is, so that the console shows it. The import itself never waits or fails for it. */
export interface Teller {
  /** @throws ImportError when the key opens nothing: better now than after the first hour */
  begin(begin: ImportBegin): Promise<void>
  /** At most one on its way; what comes meanwhile is left out. */
  tell(progress: ImportProgress): void
  /** The last word, awaited. */
  end(progress: ImportProgress): Promise<void>
}

export function createTeller(target: Target, run: string): Teller {
  const url = new URL(`/v1/imports/${run}`, target.url).href
  let underWay: Promise<unknown> | null = null
  const put = (progress: ImportProgress) => ask(url, target.key, 'PUT', 'application/json', JSON.stringify(progress))
  return {
    async begin(begin) {
      const answer = await ask(url, target.key, 'POST', 'application/json', JSON.stringify(begin))
      if (answer instanceof Error) return
      if (answer.status === 401 || answer.status === 403) throw refusal(url, answer)
    },
    tell(progress) {
      if (underWay !== null) return
      underWay = put(progress).finally(() => {
        underWay = null
      })
    },
    async end(progress) {
      await underWay
      await put(progress)
    },
  }
}
