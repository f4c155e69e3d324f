import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { YujingError } from '../../src/model/errors.ts'
import { ROW_COLUMNS } from '../../src/model/row.ts'
import { migrate, ownMigrations } from '../../src/store/migrate.ts'
import { splitStatements } from '../../src/store/statements.ts'
import { connectStore, type Store } from '../../src/store/store.ts'
import { createStoreWriter } from '../../src/store/writer/store-writer.ts'
import { silentLogger } from '../../src/telemetry/logger.ts'
import { createMetrics } from '../../src/telemetry/metrics.ts'
import { startTestClickHouse, type TestClickHouse } from '../support/clickhouse.ts'
import { createTestIntents } from '../support/intents.ts'
import { createTestLog, EPOCH, eventAt, RECEIVED, type Told } from '../support/log-lines.ts'

const logger = silentLogger()
const CODE = '91140105MA0K2914XG'
const OTHER = '91140212MA0K6317XG'
const FRESH = '91140802MA0K066935'
const SEEN = '91140171MA0K17771B'
/** What waits to be attributed is looked for in the year before now. */
const YESTERDAY = Date.now() - 86_400_000
const day = (text: string) => Date.parse(`${text}T12:00:00+08:00`)

let server: TestClickHouse
let store: Store
const log = createTestLog()

const registered: Told = {
  type: 'enterprise.registered',
  time: day('2020-01-01'),
  data: {
    name: '火锅店甲',
    kind: '1130',
    capital: 1_000_000,
    address: '长治路105号12层1201室',
    addressKind: 'cluster',
    legalRepresentative: { name: '王**', key: 'p1aa', strength: 'strong', birthYear: 1980 },
    phone: { masked: '0351-****', key: 'p1bb' },
    agent: { name: '代理', key: '91140105MA0K2914XG' },
    stateOwned: false,
  },
  keys: [
    ['address', 'a1cc'],
    ['person', 'p1aa'],
  ],
}

beforeAll(async () => {
  server = await startTestClickHouse({ sessions: 4 })
  store = await connectStore({ ...server, logger })
  log.rows(
    // The change stands in the log before the registration and is newer by its time: the change counts.
    {
      type: 'enterprise.changed',
      time: day('2024-05-05'),
      region: '140106',
      data: {
        changes: [
          { field: 'name', before: '火锅店甲', after: '火锅店乙' },
          { field: 'address', before: '长治路105号', after: '学府街8号' },
          {
            field: 'legalRepresentative',
            before: { key: 'p1aa' },
            after: { name: '李*', key: 'p1dd', strength: 'strong' },
          },
          { field: 'capital', before: 1_000_000, after: 2_000_000 },
        ],
      },
    },
    registered,
  )
  log.control({ type: 'yujing.tick', data: {} })
  log.rows(
    {
      subject: OTHER,
      type: 'enterprise.registered',
      time: day('2021-01-01'),
      data: { ...registered.data, name: '丙' },
    },
    { subject: OTHER, type: 'enterprise.dormant', time: day('2022-01-01'), data: {} },
    { subject: FRESH, time: day('1999-01-01'), backfill: true, retracts: 'x-1', industry: '' },
    // Others say where it was seen and what it does: the newest by its own time, wherever it stands in the log.
    { subject: SEEN, time: day('2023-01-01'), region: '140802', industry: '5299' },
    { subject: SEEN, time: day('2022-01-01'), region: '140106', industry: '6210' },
    { subject: SEEN, time: day('2024-01-01'), region: '140105', industry: '' },
  )
  for (let i = 0; i < 5; i++) log.rows({ time: day('2025-01-01') }, { time: day('2025-01-01') })
  const ofNobody = (id: string, told: Told = {}): Told => ({ id, subject: '', time: YESTERDAY, keys: [], ...told })
  const { idHash } = eventAt(0, 0, { id: 'told-since' })
  log.rows(
    ofNobody('nobody-1'),
    ofNobody('nobody-2', { type: 'report.filed', region: '140212' }),
    ofNobody('told-since'),
    { id: `told-since@${OTHER}`, subject: OTHER, retracts: 'told-since', time: YESTERDAY, keys: [['event', idHash]] },
    ofNobody('long-ago', { time: day('2019-01-01') }),
    ofNobody('of-a-person', { type: 'restriction.imposed' }),
  )
  const writer = createStoreWriter({
    store,
    log,
    intents: createTestIntents(),
    quarantine: { put: async () => {} },
    logger,
    metrics: createMetrics(),
  })
  await writer.start()
  await writer.caughtUp(log.messages.length)
  await writer.stop()
})
afterAll(async () => {
  await store.close()
  await server.stop()
})

describe('schema', () => {
  test('the events table begins with the columns of the row format, in their order', async () => {
    const query =
      "SELECT name FROM system.columns WHERE database = currentDatabase() AND table = 'events' ORDER BY position"
    const names = await (await store.client.query({ query, format: 'JSONEachRow' })).json<{ name: string }>()
    expect(names.map(({ name }) => name).slice(0, ROW_COLUMNS.length)).toEqual([...ROW_COLUMNS])
  })

  test('migrating again changes nothing; a changed step and a newer database are refused', async () => {
    await migrate(store.client, { logger })
    const answer = await store.client.query({
      query: 'SELECT count() FROM schema_migrations',
      format: 'JSONCompactEachRow',
    })
    expect(await answer.json()).toEqual([[ownMigrations().length]])
    const changed = ownMigrations().map((step) => (step.number === 1 ? { ...step, sql: `${step.sql}-- x` } : step))
    await expect(migrate(store.client, { logger, migrations: changed })).rejects.toThrow('step 1')
    await expect(migrate(store.client, { logger, migrations: ownMigrations().slice(0, 3) })).rejects.toThrow(
      'newer version',
    )
  })

  test('statements are parted outside strings and comments only', () => {
    const sql = "SELECT ';', 'it''s;', 'a\\';' -- no; yes\n; /* ; */ SELECT `;`, \";\"; -- end;\n"
    expect(splitStatements(sql)).toEqual(["SELECT ';', 'it''s;', 'a\\';' -- no; yes", '/* ; */ SELECT `;`, ";"'])
  })

  test('every table that the log is carried into writes through before it says yes, and knows a repeated insert', async () => {
    const query = `SELECT name, create_table_query FROM system.tables WHERE database = currentDatabase()
      AND (name LIKE 'event%' OR name IN ('control_entries', 'enterprise_fields')) AND engine LIKE '%MergeTree'`
    const answer = await store.client.query({ query, format: 'JSONCompactEachRow' })
    const tables = await answer.json<[string, string]>()
    expect(tables.map(([name]) => name).sort()).toEqual([
      'control_entries',
      'enterprise_fields',
      'event_ids',
      'event_keys',
      'event_positions',
      'events',
    ])
    for (const [, text] of tables)
      for (const setting of [
        'fsync_after_insert = 1',
        'fsync_part_directory = 1',
        'non_replicated_deduplication_window',
      ])
        expect(text).toContain(setting)
  })

  test('events lie in the month of their arrival, however old they are', async () => {
    const query = "SELECT DISTINCT partition FROM system.parts WHERE table = 'events' AND active"
    expect(await (await store.client.query({ query, format: 'JSONEachRow' })).json()).toEqual([{ partition: '202611' }])
  })
})

describe('questions', () => {
  test('an event is found at its position, exactly as it was logged', async () => {
    const positions = [
      { epoch: EPOCH, seq: 1, index: 1 },
      { epoch: EPOCH, seq: 3, index: 2 },
      { epoch: EPOCH, seq: 99, index: 0 },
      { epoch: 'feedfeedfeedfeed', seq: 1, index: 0 },
    ]
    const [first, third, ...none] = await store.eventsAt(positions)
    expect(first).toEqual(eventAt(1, 1, registered))
    expect(third).toEqual(
      eventAt(3, 2, { subject: FRESH, time: day('1999-01-01'), backfill: true, retracts: 'x-1', industry: '' }),
    )
    expect(none).toEqual([])
    expect(await store.eventsAt([])).toEqual([])
  })

  test('the record of an enterprise is what the newest event by its own time told', async () => {
    expect(await store.enterprise(CODE)).toMatchObject({
      name: '火锅店乙',
      kind: '1130',
      status: 'living',
      capital: 2_000_000,
      address: '学府街8号',
      addressKind: 'ordinary',
      legalRepresentative: { name: '李*', key: 'p1dd' },
      phone: { masked: '0351-****', key: 'p1bb' },
      agent: { name: '代理' },
      stateOwned: false,
      industry: '6210',
      region: '140106',
      registeredAt: '2020-01-01T12:00:00+08:00',
      events: 12,
      firstEventAt: '2020-01-01T12:00:00+08:00',
      lastEventAt: '2025-01-01T12:00:00+08:00',
    })
    expect(await store.enterprise(OTHER)).toMatchObject({ name: '丙', status: 'dormant', addressKind: 'cluster' })
    expect(await store.enterprise(FRESH)).toMatchObject({ name: null, status: null, industry: null, events: 1 })
    expect(await store.enterprise(SEEN)).toMatchObject({ region: '140105', industry: '5299', events: 3 })
    expect(await store.enterprise('91140702MA0K2000XX')).toBeNull()
    expect(await store.enterpriseNames([CODE, FRESH, CODE])).toEqual(new Map([[CODE, '火锅店乙']]))
  })

  test('the timeline goes page by page from the newest to the oldest, equal times included', async () => {
    const ids: string[] = []
    let cursor: string | null = null
    do {
      const page = await store.timeline(CODE, 5, cursor)
      expect(page.items.length).toBeLessThanOrEqual(5)
      ids.push(...page.items.map(({ id }) => id))
      cursor = page.next
    } while (cursor !== null)
    const complaints = [8, 7, 6, 5, 4].flatMap((seq) => [`e-${seq}-1`, `e-${seq}-0`])
    expect(ids).toEqual([...complaints, 'e-1-0', 'e-1-1'])
  })

  test('an item of the timeline is the CloudEvent as stored', async () => {
    const { items, next } = await store.timeline(FRESH, 10, null)
    expect(next).toBeNull()
    expect(items).toEqual([
      {
        specversion: '1.0',
        id: 'e-3-2',
        source: '/sx/test',
        type: 'complaint.filed',
        subject: FRESH,
        time: '1999-01-01T12:00:00+08:00',
        region: '140105',
        datacontenttype: 'application/json',
        backfill: true,
        retracts: 'x-1',
        data: { number: 'e-3-2', issue: '退款', text: '带引号"与\n换行' },
      },
    ])
  })

  test.each(['', 'nonsense', 'WzEsMl0', Buffer.from('["1","x",1,1]').toString('base64url')])(
    'a cursor that no timeline gave is refused: %s',
    async (cursor) => {
      await expect(store.timeline(CODE, 5, cursor)).rejects.toMatchObject({ code: 'request.invalid' })
    },
  )

  test('what names no enterprise waits page by page, without what was attributed since, for whose area it is in', async () => {
    const ask = async (areas: readonly string[] | 'all', limit = 10, cursor: string | null = null) => {
      const { items, next } = await store.unattributed({ areas, limit, cursor })
      return { ids: items.map(({ id }) => id), next }
    }
    expect(await ask('all')).toEqual({ ids: ['nobody-2', 'nobody-1'], next: null })
    expect((await ask(['140200'])).ids).toEqual(['nobody-2'])
    expect((await ask(['140105', '140106'])).ids).toEqual(['nobody-1'])
    const first = await ask('all', 1)
    expect(first.ids).toEqual(['nobody-2'])
    expect(await ask('all', 1, first.next)).toEqual({ ids: ['nobody-1'], next: null })
  })

  test('ids are found with their content, those that never came are absent', async () => {
    const known = eventAt(1, 0)
    const found = await store.lookupEventIds([known.idHash, '340282366920938463463374607431768211455'])
    expect([...found]).toEqual([[known.idHash, known.contentHash]])
  })

  test('a rebuild gets every event in the order of the log', async () => {
    const places: string[] = []
    for await (const page of store.eventsInLogOrder({ epoch: EPOCH, belowSeq: 8 }))
      places.push(...page.map(({ position }) => `${position.seq}.${position.index}`))
    const pairs = [4, 5, 6, 7].flatMap((seq) => [`${seq}.0`, `${seq}.1`])
    expect(places).toEqual(['1.0', '1.1', '3.0', '3.1', '3.2', '3.3', '3.4', '3.5', ...pairs])
  })

  test('a key leads to the events that touched it', async () => {
    const query = "SELECT seq, idx FROM event_keys WHERE kind = 'address' AND key = 'a1cc'"
    expect(await (await store.client.query({ query, format: 'JSONCompactEachRow' })).json()).toEqual([[1, 1]])
  })

  test('refused events are counted by code', async () => {
    const refused = (code: string, ms: number) => ({ code, source: '/sx/test', receivedAt: RECEIVED + ms })
    await store.countQuarantined([refused('region.unknown', 0), refused('time.future', 0)])
    await store.countQuarantined([refused('region.unknown', 5_000)])
    await store.countQuarantined([])
    expect(await store.quarantineCodes()).toEqual([
      { code: 'region.unknown', count: 2, lastAt: '2026-11-23T08:00:05+08:00' },
      { code: 'time.future', count: 1, lastAt: '2026-11-23T08:00:00+08:00' },
    ])
  })

  test('a store that is away says so, and nothing else', async () => {
    await expect(connectStore({ ...server, url: 'http://127.0.0.1:1', logger })).rejects.toMatchObject({
      code: 'store.unavailable',
    })
    const gone = await startTestClickHouse({ sessions: 1 })
    const there = await connectStore({ ...gone, logger })
    expect(await there.ping()).toBe(true)
    await gone.stop()
    expect(await there.ping()).toBe(false)
    for (const ask of [
      () => there.enterprise(CODE),
      () => there.timeline(CODE, 5, null),
      () => there.lookupEventIds(['1']),
      () => there.eventsAt([{ epoch: EPOCH, seq: 1, index: 0 }]),
      async () => {
        for await (const _ of there.eventsInLogOrder({ epoch: EPOCH, belowSeq: 9 }));
      },
    ])
      await expect(ask()).rejects.toSatisfy(
        (error) => error instanceof YujingError && error.code === 'store.unavailable',
      )
    await there.close()
  })
})
