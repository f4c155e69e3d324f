import { Readable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import { type ClickHouseClient, ClickHouseLogLevel, createClient } from '@clickhouse/client'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestClickHouse, type TestClickHouse } from '../support/clickhouse.ts'

let server: TestClickHouse
let client: ClickHouseClient

const connect = (o: { password?: string; gzip?: boolean } = {}) =>
  createClient({
    url: server.url,
    username: server.username,
    password: o.password ?? server.password,
    compression: { request: o.gzip ?? false },
    log: { level: ClickHouseLogLevel.OFF },
  })

async function rows<T>(query: string, query_params?: Record<string, unknown>): Promise<T[]> {
  return (await client.query({ query, query_params, format: 'JSONEachRow' })).json<T>()
}
const count = async (table: string) => (await rows<{ n: number }>(`SELECT toUInt32(count()) AS n FROM ${table}`))[0]?.n

/** Numbers that keep the engine busy for seconds, unless somebody stops it. */
const LONG = 'SELECT max(sipHash64(number)) AS m FROM numbers(100000000000)'
const runningStatements = async () =>
  (await rows<{ query: string }>('SELECT query FROM system.processes')).filter(({ query }) =>
    query.includes('100000000000'),
  )

beforeAll(async () => {
  server = await startTestClickHouse({ sessions: 3 })
  client = connect()
})
afterAll(async () => {
  await client.close()
  await server.stop()
})

describe('the interface', () => {
  test('answers a ping without a password', async () => {
    expect(await (await fetch(`${server.url}/ping`)).text()).toBe('Ok.\n')
    expect(await client.ping()).toEqual({ success: true })
  })

  test('takes parameters as values, never as text of the query', async () => {
    const nasty = `it's \\ "x"\n\t; DROP TABLE t -- 火锅`
    const query =
      'SELECT {text:String} AS text, {list:Array(UInt64)} AS list, {name:Identifier} FROM (SELECT 7 AS seven)'
    expect(await rows(query, { text: nasty, list: [1, 2], name: 'seven' })).toEqual([
      { text: nasty, list: [1, 2], seven: 7 },
    ])
  })

  test('inserts objects, raw lines and gzip, with the columns named', async () => {
    await client.command({ query: 'CREATE TABLE inserts (a UInt64, b String) ENGINE = MergeTree ORDER BY a' })
    await client.insert({ table: 'inserts', values: [{ a: 1, b: 'x' }], format: 'JSONEachRow' })
    const raw = (text: string) => Readable.from([Buffer.from(text)], { objectMode: false })
    const query = 'INSERT INTO inserts (b, a) FORMAT JSONCompactEachRow'
    const { summary } = await client.command({ query: 'SELECT 1' })
    expect(summary).toBeDefined()
    const answer = await client.exec({ query, values: raw('["y",2]\n["z",3]\n') })
    expect(answer.summary?.written_rows).toBe('2')
    answer.stream.destroy()
    const zipped = await fetch(`${server.url}/?${new URLSearchParams({ query })}`, {
      method: 'POST',
      headers: {
        'x-clickhouse-user': server.username,
        'x-clickhouse-key': server.password,
        'content-encoding': 'gzip',
      },
      body: gzipSync('["w",4]\n'),
    })
    expect(zipped.status).toBe(200)
    expect(await rows('SELECT a, b FROM inserts ORDER BY a')).toEqual([
      { a: 1, b: 'x' },
      { a: 2, b: 'y' },
      { a: 3, b: 'z' },
      { a: 4, b: 'w' },
    ])
  })

  test('a batch with one bad row is refused whole, with the code of the engine', async () => {
    await client.command({ query: 'CREATE TABLE refused (a UInt64) ENGINE = MergeTree ORDER BY a' })
    const values = Readable.from([Buffer.from('[1]\n["no number"]\n')], { objectMode: false })
    const insert = client.exec({ query: 'INSERT INTO refused FORMAT JSONCompactEachRow', values })
    await expect(insert).rejects.toMatchObject({ code: expect.stringMatching(/^(27|72)$/) })
    expect(await count('refused')).toBe(0)
  })

  test('settings hold for one request and no longer', async () => {
    const query = "SELECT toUInt32(getSetting('max_block_size')) AS n"
    const answer = await client.query({ query, clickhouse_settings: { max_block_size: '777' }, format: 'JSONEachRow' })
    expect(await answer.json()).toEqual([{ n: 777 }])
    for (let i = 0; i < 8; i++) expect(await rows(query)).not.toEqual([{ n: 777 }])
  })

  test.each([
    ['a syntax error', 'SELEC 1', 400, '62'],
    ['an unknown table', 'SELECT * FROM nowhere', 404, '60'],
    ['an unknown setting', 'SELECT 1 SETTINGS no_such_setting = 1', 404, '115'],
    ['a missing parameter', 'SELECT {x:String}', 400, '456'],
    [
      'too little memory',
      'SELECT groupArray(number) FROM numbers(50000000) SETTINGS max_memory_usage = 10000000',
      500,
      '241',
    ],
  ])('%s is answered with its status and code', async (_, query, status, code) => {
    const answer = await fetch(server.url, {
      method: 'POST',
      body: query,
      headers: { authorization: `Basic ${btoa(`${server.username}:${server.password}`)}` },
    })
    expect([answer.status, answer.headers.get('x-clickhouse-exception-code')]).toEqual([status, code])
    expect(await answer.text()).toMatch(new RegExp(`^Code: ${code}\\. DB::Exception: `))
  })

  test('a setting in the URL that the engine does not know is refused', async () => {
    const asked = client.query({
      query: 'SELECT 1',
      clickhouse_settings: { no_such_setting: 1 } as Record<string, number>,
    })
    await expect(asked).rejects.toMatchObject({ code: '115' })
  })

  test('a wrong password and none at all are refused, and no body is read first', async () => {
    const stranger = connect({ password: 'guess' })
    await expect(stranger.query({ query: 'SELECT 1' })).rejects.toMatchObject({ code: '516' })
    await stranger.close()
    const wrong = await fetch(server.url, {
      method: 'POST',
      body: 'SELECT 1',
      headers: { 'x-clickhouse-user': 'yujing', 'x-clickhouse-key': 'no' },
    })
    expect(wrong.status).toBe(401)
    expect((await fetch(`${server.url}/?query=SELECT+1`)).status).toBe(401)
  })

  test('a GET changes nothing', async () => {
    const query = 'CREATE TABLE by_get (a UInt8) ENGINE = Memory'
    const headers = { 'x-clickhouse-user': server.username, 'x-clickhouse-key': server.password }
    const answer = await fetch(`${server.url}/?${new URLSearchParams({ query })}`, { headers })
    expect(answer.headers.get('x-clickhouse-exception-code')).toBe('164')
  })

  test('a body above the limit is refused, unpacked size included', async () => {
    const bomb = gzipSync(Buffer.alloc(200 * 1024 * 1024, 32), { level: 1 })
    const answer = await fetch(`${server.url}/?query=INSERT+INTO+refused+FORMAT+JSONCompactEachRow`, {
      method: 'POST',
      body: bomb,
      headers: {
        'x-clickhouse-user': server.username,
        'x-clickhouse-key': server.password,
        'content-encoding': 'gzip',
      },
    })
    expect(answer.status).toBe(413)
    expect(await client.ping()).toEqual({ success: true })
  })
})

describe('results', () => {
  test('a million rows are streamed whole', async () => {
    const query = "SELECT number AS n, repeat('x', 100) AS padding FROM numbers(1000000)"
    const answer = await client.query({ query, format: 'JSONCompactEachRow' })
    let next = 0
    for await (const chunk of answer.stream<[number, string]>()) {
      for (const row of chunk) if (Number(row.json()[0]) === next) next += 1
    }
    expect(next).toBe(1_000_000)
  })

  test('an error in the middle of a result reaches the reader as an error', async () => {
    const query = "SELECT throwIf(number = 3000000, 'boom') AS x FROM numbers(10000000)"
    const answer = await client.query({ query, format: 'JSONEachRow' })
    const read = async () => {
      for await (const _ of answer.stream());
    }
    await expect(read()).rejects.toMatchObject({ code: '395' })
  })

  test('a reader that leaves stops the query', async () => {
    const query = 'SELECT number, sipHash64(number) FROM numbers(100000000000)'
    const answer = await client.query({ query, format: 'JSONEachRow' })
    for await (const _ of answer.stream()) break
    answer.close()
    await expect.poll(runningStatements).toEqual([])
  })

  test('a caller that gives up before the first row stops the query', async () => {
    const abort = new AbortController()
    const asked = client.query({ query: LONG, abort_signal: abort.signal })
    const refused = expect(asked).rejects.toThrow()
    await expect.poll(runningStatements).toHaveLength(1)
    abort.abort()
    await refused
    await expect.poll(runningStatements).toEqual([])
  })

  test('long statements, scalar subqueries included, keep neither a short one nor a ping waiting', async () => {
    const aborts = [LONG, `SELECT (${LONG}) AS m`].map((query) => {
      const abort = new AbortController()
      client.query({ query, abort_signal: abort.signal }).catch(() => {})
      return abort
    })
    await expect.poll(runningStatements).toHaveLength(2)
    expect(await client.ping()).toEqual({ success: true })
    expect(await rows('SELECT 1 AS one')).toEqual([{ one: 1 }])
    // Both run on: what was answered waited for neither.
    expect(await runningStatements()).toHaveLength(2)
    for (const abort of aborts) abort.abort()
    await expect.poll(runningStatements).toEqual([])
  })

  test('more statements than threads wait in line and all get their own answer', async () => {
    const asked = Array.from({ length: 60 }, (_, i) => rows<{ n: number }>('SELECT {i:UInt32} AS n', { i }))
    expect((await Promise.all(asked)).map(([row]) => row?.n)).toEqual(Array.from({ length: 60 }, (_, i) => i))
  })
})
