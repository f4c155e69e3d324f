import { computed, type Ref, ref, shallowRef } from 'vue'
import type { Alert } from '../../../../src/model/alert.ts'
import { actOn, getAlert, listAlerts } from '../api/alerts.ts'
import { ApiError, type Http } from '../api/http.ts'
import type { ActionRequest } from '../board/action-request.ts'
import {
  appended,
  changed,
  EMPTY,
  type Listing,
  listingOf,
  type Reading,
  released,
  removed,
  rowsOf,
  seen,
  swept,
} from '../board/listing.ts'
import type { Place } from '../board/place.ts'
import type { Cursor } from '../live/messages.ts'

/** Updates are gathered for this long, so that a burst of the feed costs one drawing, milliseconds. */
const GATHER_MS = 80
/** How long a row that slid in is marked for the eye, milliseconds. */
const GLOW_MS = 4_000

/** Nothing is left but what lies in the archive, and that cannot be asked. */
export function isStoreAway(reason: unknown): boolean {
  return reason instanceof ApiError && reason.code === 'store.unavailable'
}

/** The list of alerts and the one that is open. */
export function createBoard(http: Http, place: Ref<Place>) {
  const listing = shallowRef<Listing>(EMPTY)
  const next = ref<string | null>(null)
  const phase = ref<'loading' | 'ready' | 'error'>('loading')
  const loadingMore = ref(false)
  const error = shallowRef<unknown>(null)
  /** The list lacks the finished alerts of the archive: the history store could not be asked. */
  const archiveAway = ref(false)
  /** The reader has scrolled away from the top. */
  const scrolled = ref(false)
  /** The open alert when the list does not hold it (a link, another filter). */
  const aside = shallowRef<Alert | null>(null)
  /** Why there is nothing to show of the open alert: it went out of scope, or reading it failed. */
  const openError = shallowRef<unknown>(null)
  /** The feed's latest word on each alert while a list is on its way: that list may be older. */
  let meanwhile: Alert[] | null = null
  /** The view whose rows stand in the list. */
  let listed = ''
  let load = new AbortController()
  let gathered: Alert[] = []
  let glowing: ReturnType<typeof setTimeout> | undefined

  const reading = (): Reading => ({
    view: place.value.view,
    hold: scrolled.value || place.value.alert !== null,
    opened: place.value.alert,
  })

  function put(alert: Alert): void {
    meanwhile?.push(alert)
    if (aside.value?.id === alert.id && aside.value.revision < alert.revision) aside.value = alert
    listing.value = changed(listing.value, alert, reading())
    glow()
  }

  function glow(): void {
    clearTimeout(glowing)
    glowing = setTimeout(() => {
      listing.value = seen(listing.value)
    }, GLOW_MS)
  }

  /** Loads the first page of the present view; gives the feed's place from before it was read. */
  async function reload(): Promise<Cursor> {
    load.abort()
    load = new AbortController()
    const { signal } = load
    meanwhile = []
    if (listing.value.order.length === 0) phase.value = 'loading'
    const { view } = place.value
    const wanted = JSON.stringify(view)
    try {
      const page = await listAlerts(http, view, null, signal)
      listed = wanted
      listing.value = listingOf(page.items)
      next.value = page.next
      archiveAway.value = page.archive === 'unavailable'
      scrolled.value = false
      for (const alert of meanwhile) listing.value = changed(listing.value, alert, { ...reading(), hold: false })
      phase.value = 'ready'
      error.value = null
      meanwhile = null
      return page.cursor
    } catch (reason) {
      if (!signal.aborted) {
        error.value = reason
        // Rows of another view must not stand under this one's name.
        if (listed !== wanted) listing.value = EMPTY
        if (listing.value.order.length === 0) phase.value = 'error'
        else archiveAway.value = isStoreAway(reason)
        meanwhile = null
      }
      throw reason
    }
  }

  async function loadMore(): Promise<void> {
    if (next.value === null || loadingMore.value || phase.value !== 'ready') return
    loadingMore.value = true
    const { signal } = load
    try {
      const page = await listAlerts(http, place.value.view, next.value, signal)
      if (signal.aborted) return
      listing.value = appended(listing.value, page.items)
      next.value = page.next
      archiveAway.value = page.archive === 'unavailable'
    } catch (reason) {
      // The next scroll asks again; the state of the connection is on the screen all the time.
      if (!signal.aborted && isStoreAway(reason)) archiveAway.value = true
    } finally {
      loadingMore.value = false
    }
  }

  /** An update of the feed; gathered with its neighbours. */
  function apply(alert: Alert): void {
    gathered.push(alert)
    if (gathered.length > 1) return
    setTimeout(() => {
      const batch = gathered
      gathered = []
      for (const one of batch) put(one)
    }, GATHER_MS)
  }

  /** Reads one alert afresh: a link names one the list does not hold, or an action met a newer revision. */
  async function refresh(id: string): Promise<void> {
    openError.value = null
    try {
      const alert = await getAlert(http, id)
      if (listing.value.alerts.has(id)) put(alert)
      else if (place.value.alert === id) aside.value = alert
    } catch (reason) {
      if (place.value.alert === id) openError.value = reason
      throw reason
    }
  }

  /** Acts for the officer. On `revision.stale` the alert is read again before the error goes on to the caller. */
  async function act(alert: Alert, request: ActionRequest): Promise<void> {
    try {
      put(await actOn(http, alert, request))
    } catch (reason) {
      if (reason instanceof ApiError && reason.status === 412) await refresh(alert.id)
      throw reason
    }
  }

  const opened = computed<Alert | null>(() => {
    const id = place.value.alert
    if (id === null) return null
    return listing.value.alerts.get(id) ?? (aside.value?.id === id ? aside.value : null)
  })

  return {
    phase,
    error,
    archiveAway,
    loadingMore,
    scrolled,
    opened,
    openError,
    rows: computed(() => rowsOf(listing.value)),
    waiting: computed(() => listing.value.waiting.length),
    fresh: computed(() => listing.value.fresh),
    reload,
    loadMore,
    apply,
    remove(id: string) {
      listing.value = removed(listing.value, id)
      if (aside.value?.id === id) aside.value = null
      if (place.value.alert === id) openError.value = 'gone'
    },
    release: () => {
      listing.value = released(listing.value)
      glow()
    },
    sweep: () => {
      listing.value = seen(swept(listing.value, reading()))
    },
    refresh,
    act,
  }
}

export type Board = ReturnType<typeof createBoard>
