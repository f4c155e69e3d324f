import { type Ref, ref, shallowRef } from 'vue'

/** A list that is read page by page. */
export interface Paged<T> {
  readonly phase: Readonly<Ref<'loading' | 'ready' | 'error'>>
  readonly items: Ref<readonly T[]>
  readonly error: Ref<unknown>
  /** Whether there is more than what is shown. */
  readonly hasMore: Readonly<Ref<boolean>>
  /** Reads the first page again; what is shown stays until it has come. */
  reload(): Promise<void>
  more(): Promise<void>
}

/** @param fetcher one page; `next` of the page before continues. An answer to an older question is dropped. */
export function usePaged<T>(
  fetcher: (next: string | null) => Promise<{ readonly items: readonly T[]; readonly next: string | null }>,
): Paged<T> {
  const phase = ref<'loading' | 'ready' | 'error'>('loading')
  const items = shallowRef<readonly T[]>([])
  const error = shallowRef<unknown>(null)
  const hasMore = ref(false)
  let next: string | null = null
  let question = 0

  async function load(after: string | null): Promise<void> {
    const mine = ++question
    if (items.value.length === 0) phase.value = 'loading'
    try {
      const page = await fetcher(after)
      if (mine !== question) return
      items.value = after === null ? page.items : [...items.value, ...page.items]
      next = page.next
      hasMore.value = next !== null
      phase.value = 'ready'
    } catch (reason) {
      if (mine !== question) return
      error.value = reason
      phase.value = 'error'
    }
  }
  return { phase, items, error, hasMore, reload: () => load(null), more: () => load(next) }
}
