import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { ClickHouseLogLevel, createClient } from '@clickhouse/client'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { askingWithin } from '../../src/store/failures.ts'

/** Takes every connection and never says a word. */
let silent: Server
const sockets = new Set<Socket>()
beforeAll(async () => {
  silent = createServer((socket) => sockets.add(socket))
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
})
afterAll(async () => {
  for (const socket of sockets) socket.destroy()
  await new Promise((resolve) => silent.close(resolve))
})

test('a question to a server that never answers is given up, and none waits for the end of another', async () => {
  const client = createClient({
    url: `http://127.0.0.1:${(silent.address() as AddressInfo).port}`,
    max_open_connections: 2,
    // Longer than this test may take: what ends the waiting is not the connection.
    request_timeout: 600_000,
    log: { level: ClickHouseLogLevel.OFF },
  })
  const questions = Array.from({ length: 20 }, () => askingWithin(200, () => client.query({ query: 'SELECT 1' })))
  for (const answer of await Promise.allSettled(questions))
    expect(answer).toMatchObject({ status: 'rejected', reason: { code: 'store.unavailable' } })
  await client.close()
})

test('an answer in time is the answer, and a bug stays what it is', async () => {
  expect(await askingWithin(60_000, async () => 7)).toBe(7)
  await expect(askingWithin(60_000, async () => Promise.reject(new SyntaxError('bug')))).rejects.toThrow()
})
