import { computed, onScopeDispose, type Ref, ref, shallowRef, watch } from 'vue'

/** Something fetched: exactly one of loading, error and ready is shown. */
export interface Resource<T> {
  readonly phase: Readonly<Ref<'loading' | 'ready' | 'error'>>
  readonly data: Ref<T | null>
  readonly error: Ref<unknown>
  reload(): void
}

/**
 * Fetches again whenever the source changes; an answer that comes after a newer question is dropped. Old data stays
 * visible while the same thing is fetched again. `later`: milliseconds after which an answer, the `attempt`th to this
 * question, is asked for once more; null when it will do.
 */
export function useResource<S, T>(
  source: () => S,
  fetcher: (source: S) => Promise<T>,
  later: (answer: T, attempt: number) => number | null = () => null,
): Resource<T> {
  const phase = ref<'loading' | 'ready' | 'error'>('loading')
  const data = shallowRef<T | null>(null)
  const error = shallowRef<unknown>(null)
  let question = 0

  async function ask(attempt = 1): Promise<void> {
    const mine = ++question
    if (data.value === null) phase.value = 'loading'
    try {
      const answer = await fetcher(source())
      if (mine !== question) return
      data.value = answer
      phase.value = 'ready'
      const pause = later(answer, attempt)
      if (pause !== null) setTimeout(() => mine === question && void ask(attempt + 1), pause)
    } catch (reason) {
      // A second look that fails takes nothing away from what is shown.
      if (mine !== question || attempt > 1) return
      error.value = reason
      phase.value = 'error'
    }
  }

  watch(
    source,
    () => {
      data.value = null
      void ask()
    },
    { immediate: true },
  )
  onScopeDispose(() => {
    question += 1
  })
  return { phase, data, error, reload: () => void ask() }
}

/**
 * The same, asked again every so often while the component is there; a look that fails leaves what is shown, and `error`
 * is only what stands where nothing was shown yet.
 */
export function useRepeated<T>(fetcher: () => Promise<T>, everyMs: number): Resource<T> {
  let isAsking = false
  const resource = useResource(
    () => null,
    async () => {
      isAsking = true
      try {
        return await fetcher()
      } finally {
        isAsking = false
      }
    },
  )
  const phase = computed(() => (resource.data.value === null ? resource.phase.value : 'ready'))
  // A newer question would drop the answer to one that takes longer than the time between two.
  const timer = setInterval(() => !isAsking && document.visibilityState === 'visible' && resource.reload(), everyMs)
  onScopeDispose(() => clearInterval(timer))
  return { ...resource, phase }
}
