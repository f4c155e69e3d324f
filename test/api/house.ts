import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Access, createAccess } from '../../src/access/access.ts'
import type { NewKey } from '../../src/access/key-record.ts'
import type { AlertArchive } from '../../src/alerts/ports/alert-archive.ts'
import { type ApiOptions, createApi } from '../../src/api/api.ts'
import type { DetectorInfo } from '../../src/api/port-detectors.ts'
import type { Server } from '../../src/api/server.ts'
import { createLiveFeed, type LiveFeedOptions } from '../../src/deliver/websocket/live-feed.ts'
import { createImportRuns } from '../../src/import-runs.ts'
import type { StoredAlert } from '../../src/model/alert.ts'
import { YujingError } from '../../src/model/errors.ts'
import { silentLogger } from '../../src/telemetry/logger.ts'
import { HOT_POT, MONDAY, NOODLES } from '../alerts/findings.ts'
import { type Office, openOffice } from '../alerts/office.ts'
import { MemoryBucket } from '../support/memory-bucket.ts'

export const BOOTSTRAP_KEY = 'bootstrap-key-of-tests'
export const FEED_EPOCH = 'f0f0f0f0f0f0f0f0'

export interface HouseOptions {
  /** Configuration bucket; the same one again is a restart of the service. */
  readonly settings?: MemoryBucket<unknown>
  readonly alerts?: MemoryBucket<StoredAlert>
  /** With one the desk goes by the same clock as the house. */
  readonly archive?: AlertArchive
  readonly clock?: { time: number }
  readonly parts?: Partial<ApiOptions>
  readonly live?: Partial<LiveFeedOptions>
  readonly production?: boolean
  readonly port?: number
}

/** A service without log and history: the real desk, access, interface and live feed, listening on a free port. */
export interface House {
  readonly url: string
  readonly port: number
  readonly office: Office
  readonly access: Access
  readonly server: Server
  readonly clock: { time: number }
  readonly settings: MemoryBucket<unknown>
  /** A key of a role, made by the bootstrap administrator. */
  key(request: NewKey): Promise<string>
  ask(method: string, path: string, more?: Ask): Promise<Answer>
  closes(): Promise<void>
}

export interface Ask {
  readonly key?: string
  readonly headers?: Record<string, string>
  /** Text or bytes as they are, anything else as JSON. */
  readonly body?: unknown
}

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** The body as JSON; which members there are is the test's to say. */
  json(): Body
}

/** Members that tests look into; all others are compared whole. */
export interface Body {
  readonly [member: string]: unknown
  readonly items: readonly { readonly id: string; readonly revision: number }[]
  readonly paths: object
  readonly components: { readonly messages: object }
  readonly info: { readonly id: string }
  readonly error: { readonly code: string; readonly message: string }
}

const DETECTOR: DetectorInfo = {
  id: 'complaint-surge',
  code: 'CMP-01',
  version: 1,
  title: { zh: '投诉激增', en: 'Complaint surge' },
  why: { zh: '为何', en: 'why' },
  falsePositives: [],
  keyKind: 'enterprise',
  parametersVersion: 0,
  parameters: {
    minimum: {
      title: { zh: '最少', en: 'least' },
      unit: 'complainants',
      value: 5,
      default: 5,
      minimum: 1,
      maximum: 100,
    },
  },
}

const CLOCK = {
  home: 'a1',
  elsewhere: [],
  wall: '2026-11-23T08:00:00+08:00',
  logTime: null,
  offsetSeconds: 0,
  doubt: null,
}

function parts(): Omit<
  ApiOptions,
  'access' | 'imports' | 'book' | 'desk' | 'live' | 'metrics' | 'logger' | 'consoleDir'
> {
  const region: Record<string, string> = { [HOT_POT]: '140105', [NOODLES]: '140212' }
  return {
    attribute: async ({ id, areas }) => {
      if (id !== 'nameless') throw new YujingError('not-found')
      if (areas !== 'all' && !areas.includes('140105')) throw new YujingError('not-found')
      return { repeated: false }
    },
    door: {
      accept: async () => ({ accepted: 1, duplicates: 0, rejected: [], reused: [] }),
      keep: async () => {},
    },
    store: {
      enterprise: async (code) => (region[code] === undefined ? null : { code, region: region[code] }),
      timeline: async () => ({ items: [{ specversion: '1.0', id: 'event-1' }], next: null }),
      unattributed: async ({ areas }) => ({ items: areas === 'all' ? [{ id: 'nameless' }] : [], next: null }),
      quarantineCodes: async () => [{ code: 'region.unknown', count: 2 }],
    },
    quarantine: {
      list: async () => ({ items: [], next: null }),
      open: () => Promise.reject(new YujingError('not-found')),
      resubmit: () => Promise.reject(new YujingError('not-found')),
      discard: () => Promise.reject(new YujingError('not-found')),
    },
    verify: async ({ evidence }) => ({
      result: 'reproduced',
      observed: evidence.observed,
      threshold: evidence.threshold,
      events: evidence.events,
      eventsTotal: evidence.eventsTotal,
      differences: [],
    }),
    inventory: { ask: async () => ({ lists: [], cases: [] }) },
    detectors: {
      list: () => [DETECTOR],
      async setParameters(id, parameters) {
        if (id !== DETECTOR.id) throw new YujingError('not-found')
        return { version: 1, parameters, position: { epoch: 'e', seq: 7, index: 0 } }
      },
      backtest: async (detector) => ({ detector }),
      explain: async (_id, key) => (key === HOT_POT ? { windows: { current: { events: 3 } } } : null),
    },
    settings: {
      allowList: () => ({ version: 0, entries: [], by: '' }),
      setAllowList: async (entries, after, by) => {
        if (after !== 0) throw new YujingError('revision.stale')
        return { version: 1, entries, by, position: { epoch: 'e', seq: 9, index: 0 } }
      },
      calendars: () => [],
      setCalendar: async (year, _, by) => ({ ...year, version: 1, by, position: { epoch: 'e', seq: 10, index: 0 } }),
    },
    clock: {
      status: () => CLOCK,
      confirm: async () => ({ ...CLOCK, position: { epoch: 'e', seq: 8, index: 0 } }),
    },
    sources: {
      list: async () => [],
      put: () => Promise.reject(new YujingError('request.invalid')),
      complete: () => Promise.reject(new YujingError('not-found')),
      counts: () => ({ registered: 2, late: 1, silent: 0 }),
    },
    health: { check: async () => ({ reasons: [], degraded: [], restarting: [] }) },
  }
}

export async function openHouse(options: HouseOptions = {}): Promise<House> {
  const settings = options.settings ?? new MemoryBucket<unknown>()
  const clock = options.clock ?? { time: MONDAY }
  const now = { now: () => clock.time }
  const logger = silentLogger()
  const office = await openOffice({
    ...(options.alerts === undefined ? {} : { bucket: options.alerts }),
    ...(options.archive === undefined ? {} : { archive: options.archive, clock }),
  })
  const access = createAccess({
    bucket: settings,
    clock: now,
    logger,
    bootstrapKey: BOOTSTRAP_KEY,
    production: options.production ?? false,
  })
  await access.start()
  const imports = createImportRuns({ bucket: settings, clock: now, logger })
  await imports.start()
  const empty = await mkdtemp(join(tmpdir(), 'yujing-api-'))
  const { desk, metrics } = office
  const publicUrl = options.parts?.publicUrl
  const live = createLiveFeed({
    book: desk.book,
    epoch: FEED_EPOCH,
    freshness: { eventsPerSecond: () => 2.5, lag: () => 3, silentSources: () => [] },
    clock: now,
    metrics,
    access,
    logger,
    publicUrl,
    ...options.live,
  })
  const server = await createApi({
    ...parts(),
    imports,
    access,
    book: desk.book,
    desk,
    live,
    metrics,
    logger,
    consoleDir: empty,
    ...options.parts,
  })
  const url = await server.listen({ host: '127.0.0.1', port: options.port ?? 0 })

  return {
    url,
    port: Number(new URL(url).port),
    office,
    access,
    server,
    clock,
    settings,
    key: async (request) => (await access.keys.add(request, 'bootstrap')).key,
    async ask(method, path, { key, headers = {}, body } = {}) {
      const raw = typeof body === 'string' || body instanceof Uint8Array
      const response = await fetch(url + path, {
        method,
        headers: {
          ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
          ...(body === undefined || raw ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: raw ? (body as string) : JSON.stringify(body) }),
        redirect: 'manual',
      })
      const text = await response.text()
      return { status: response.status, headers: response.headers, text, json: () => JSON.parse(text) as Body }
    },
    async closes() {
      await server.close()
      await imports.stop()
      await access.stop()
      await office.closes()
      await rm(empty, { recursive: true, force: true })
    },
  }
}
