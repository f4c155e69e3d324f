import { type Ref, shallowRef, watch } from 'vue'
import type { Http } from '../api/http.ts'
import { getReadiness } from '../api/readiness.ts'
import type { Readiness } from '../board/notices.ts'

/** How often the service is asked how it is, milliseconds. */
const ASK_EVERY_MS = 5_000

export interface ReadinessWatch {
  /** Null while the service was not asked, or gave no answer: the state of the connection says that already. */
  readonly readiness: Readonly<Ref<Readiness | null>>
  /** Asks now. */
  look(): void
}

/** Asks the service how it is while somebody looks at the page, and at once when the page is looked at again. */
export function watchReadiness(http: Http, wanted: () => boolean): ReadinessWatch {
  const readiness = shallowRef<Readiness | null>(null)
  let question = 0

  async function ask(): Promise<void> {
    if (!wanted() || document.hidden) return
    const mine = ++question
    const answer = await getReadiness(http).catch(() => null)
    if (mine === question) readiness.value = answer
  }

  setInterval(() => void ask(), ASK_EVERY_MS)
  document.addEventListener('visibilitychange', () => void ask())
  watch(wanted, () => void ask(), { immediate: true })
  return { readiness, look: () => void ask() }
}
