import { type InjectionKey, inject, type Ref, shallowRef, watch } from 'vue'
import { createHttp, type Http } from '../api/http.ts'
import { getFeedPlace } from '../api/overview.ts'
import type { AllowDraft } from '../board/allow-form.ts'
import type { Page } from '../board/pages.ts'
import { formatPlace, type Place } from '../board/place.ts'
import { FIRST_VIEW, type View } from '../board/view.ts'
import { createFeedDriver, type FeedDriver } from '../live/driver.ts'
import { type FeedState, IDLE } from '../live/machine.ts'
import type { Cursor } from '../live/messages.ts'
import { keepSession } from './activity.ts'
import { type Board, createBoard, isStoreAway } from './board.ts'
import { instant, learnServerTime } from './clock.ts'
import { createNames, type LateNames } from './names.ts'
import { createOfficers, type Officers } from './officers.ts'
import { createPlace } from './place.ts'
import { createPreferences, type Preferences } from './preferences.ts'
import { type ReadinessWatch, watchReadiness } from './readiness.ts'
import { createSession, type Session } from './session.ts'

/** Everything the components share. Built once in `main.ts`. */
export interface Console {
  readonly http: Http
  readonly preferences: Preferences
  readonly place: Ref<Place>
  readonly session: Session
  readonly officers: Officers
  readonly names: LateNames
  /** What the page of the allow-list is to begin with, when somebody came there from an alert. */
  readonly exempting: Ref<Pick<AllowDraft, 'kind' | 'key' | 'detector'> | null>
  readonly board: Board
  readonly feed: Readonly<Ref<FeedState>>
  readonly driver: FeedDriver
  readonly health: ReadinessWatch
  /** Loads the list again, now. */
  retryList(): void
  setView(change: Partial<View>): void
  resetView(): void
  /** Opens an alert, on the page of alerts; null closes it. */
  open(id: string | null): void
  go(page: Page): void
  /** Opens the page of an enterprise over the present one; null closes it. */
  visit(code: string | null): void
}

const KEY: InjectionKey<Console> = Symbol('console')

export { KEY as CONSOLE }

/** The console of the component's page. */
export function useConsole(): Console {
  const found = inject(KEY)
  if (found === undefined) throw new Error('no console was provided')
  return found
}

/** Wires session, list and feed. The only place where they meet. */
export function createConsole(): Console {
  const http = createHttp({ unauthenticated: () => driver.unauthenticated(), serverTime: learnServerTime })
  const place = createPlace()
  const session = createSession(http)
  const officers = createOfficers(http, session)
  const names = createNames(http)
  const board = createBoard(http, place)
  const feed = shallowRef<FeedState>(IDLE)

  const driver: FeedDriver = createFeedDriver({
    load: loadOrFollow,
    apply: board.apply,
    remove: board.remove,
    signOut: (revoked) => session.lost(revoked ? 'revoked' : 'expired'),
    changed: (state) => {
      const returned = state.phase === 'live' && feed.value.phase !== 'live'
      const broken = feed.value.failures > 0
      if (state.phase !== feed.value.phase) health.look()
      feed.value = state
      // After a break the service may have been restarted: the token for writes is fetched again.
      if (returned && broken) void session.resume()
    },
    now: instant,
  })

  const health = watchReadiness(http, () => session.phase.value === 'signed-in')

  /** A list of what lies in the archive alone cannot be had while the store is away; the feed goes on without it. */
  async function loadOrFollow(): Promise<Cursor> {
    try {
      return await board.reload()
    } catch (reason) {
      if (isStoreAway(reason)) return getFeedPlace(http)
      throw reason
    }
  }

  function reloadList(): void {
    board.reload().then(driver.loaded, () => {})
  }

  function retryList(): void {
    health.look()
    if (feed.value.phase === 'waiting') driver.retry()
    else reloadList()
  }

  // The store is back: what could not be read is read now.
  watch(
    () => health.readiness.value?.degraded.includes('store') ?? null,
    (away, before) => {
      const lacks = board.archiveAway.value || isStoreAway(board.error.value)
      if (before === true && away === false && lacks) reloadList()
    },
  )
  watch(session.phase, (phase) => {
    if (phase !== 'signed-in') return
    driver.start()
    readOpened()
  })
  watch(
    () => JSON.stringify(place.value.view),
    () => {
      if (session.phase.value === 'signed-in') reloadList()
    },
  )
  watch(
    () => place.value.alert,
    () => {
      board.sweep()
      readOpened()
    },
  )

  /** A link may name an alert that the list does not hold. A failure stands where the alert would. */
  function readOpened(): void {
    const id = place.value.alert
    const known = id === null || board.opened.value !== null || session.phase.value !== 'signed-in'
    if (!known) board.refresh(id).catch(() => {})
  }

  keepSession(session)

  function setView(change: Partial<View>): void {
    place.value = { ...place.value, view: { ...place.value.view, ...change } }
  }
  return {
    http,
    preferences: createPreferences(),
    place,
    session,
    officers,
    names,
    exempting: shallowRef(null),
    board,
    feed,
    driver,
    health,
    retryList,
    setView,
    resetView: () => setView({ ...FIRST_VIEW, historic: place.value.view.historic }),
    open: (id) => {
      const next: Place = { ...place.value, alert: id, page: 'alerts', enterprise: null }
      if (formatPlace(next) !== formatPlace(place.value)) place.value = next
    },
    go: (page) => {
      place.value = { ...place.value, page, enterprise: null }
    },
    visit: (code) => {
      place.value = { ...place.value, enterprise: code }
    },
  }
}
