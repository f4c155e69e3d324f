import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { ClickHouseLogLevel, createClient } from '@clickhouse/client'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { startClickHouse } from '../../src/embedded/clickhouse-server.ts'
import { claimDataDir, type DataDir } from '../../src/embedded/data-dir.ts'
import { silentLogger } from '../../src/telemetry/logger.ts'

const logger = silentLogger()
let directory: string
let dataDir: DataDir

async function start() {
  const server = await startClickHouse({ dataDir, logger, sessions: 2 })
  const client = createClient({
    url: server.url,
    username: server.username,
    password: server.password,
    log: { level: ClickHouseLogLevel.OFF },
  })
  const number = async (query: string) =>
    Number(
      (await (await client.query({ query: `SELECT (${query}) AS n`, format: 'JSONEachRow' })).json<{ n: unknown }>())[0]
        ?.n,
    )
  return { server, client, number }
}

/** Resolves when the engine is at work on a statement that holds these words. */
async function isRunning(number: (query: string) => Promise<number>, words: string): Promise<void> {
  const query = `SELECT count() FROM system.processes WHERE query LIKE '%${words}%' AND query NOT LIKE '%processes%'`
  await expect.poll(() => number(query)).toBe(1)
}

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'yujing-clickhouse-'))
  dataDir = await claimDataDir(directory, { logger })
})
afterEach(async () => {
  await dataDir.release()
  rmSync(directory, { recursive: true, force: true })
})

test('a stop lets the running statement finish and refuses the next', async () => {
  const { server, client, number } = await start()
  const running = number('SELECT 1 + sum(sleepEachRow(0.3)) FROM numbers(9)')
  await isRunning(number, 'sleepEachRow')
  const stopped = server.stop()
  const next = () => number('SELECT 1').catch(() => 'refused')
  await expect.poll(next).toBe('refused')
  expect(await running).toBeGreaterThan(0)
  await stopped
  await client.close()
})

test('a stop cancels what would take for ever', async () => {
  const { server, client, number } = await start()
  const running = number('SELECT max(sipHash64(number)) FROM numbers(1000000000000)').catch((error: Error) => error)
  await isRunning(number, 'sipHash64')
  await server.stop()
  // Told by the engine (query was cancelled): killed, it would have said nothing.
  expect(await running).toMatchObject({ code: '394' })
  await client.close()
})

test('what was answered is there after a stop and after kill -9', async () => {
  const first = await start()
  await first.client.command({ query: 'CREATE TABLE kept (a UInt64) ENGINE = MergeTree ORDER BY a' })
  await first.client.insert({ table: 'kept', values: [{ a: 1 }], format: 'JSONEachRow' })
  await first.client.close()
  await first.server.stop()
  const second = await start()
  expect(await second.number('SELECT count() FROM kept')).toBe(1)
  await second.client.insert({ table: 'kept', values: [{ a: 2 }], format: 'JSONEachRow' })
  const pid = second.server.pid()
  process.kill(pid, 'SIGKILL')
  await expect.poll(() => second.server.pid()).not.toBe(pid)
  expect(await second.number('SELECT count() FROM kept')).toBe(2)
  await second.client.close()
  await second.server.stop()
})

test('killed in the middle of an insert it holds all of it or nothing', async () => {
  const { server, client, number } = await start()
  await client.command({ query: 'CREATE TABLE halves (a UInt64, b String) ENGINE = MergeTree ORDER BY a' })
  const total = 100_000
  const body = Buffer.from(Array.from({ length: total }, (_, i) => `[${i},"${'x'.repeat(400)}"]`).join('\n'))
  for (const delayMs of [50, 200, 350, 500]) {
    await client.command({ query: 'TRUNCATE TABLE halves' })
    const values = Readable.from([body], { objectMode: false })
    const insert = client.exec({ query: 'INSERT INTO halves FORMAT JSONCompactEachRow', values }).catch(() => null)
    await sleep(delayMs)
    const pid = server.pid()
    process.kill(pid, 'SIGKILL')
    await insert
    await expect.poll(() => server.pid()).not.toBe(pid)
    expect([0, total]).toContain(await number('SELECT count() FROM halves'))
  }
  await client.close()
  await server.stop()
})
