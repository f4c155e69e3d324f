import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { post } from '../../src/import/post.ts'
import { systemClock } from '../../src/telemetry/clock.ts'

test('an answer that breaks off is no answer: the request goes again', async () => {
  const told = JSON.stringify({ accepted: 0, duplicates: 1, rejected: [], known: [0] })
  let asked = 0
  const server = createServer((request, response) => {
    asked++
    request.resume()
    response.writeHead(202, { 'content-type': 'application/json', 'content-length': told.length })
    if (asked === 1) response.write(told.slice(0, 10), () => response.destroy())
    else response.end(told)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  try {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const { signal } = new AbortController()
    const answer = await post({ url, key: 'k' }, ['{}'], { clock: systemClock(), signal })
    expect(answer).toEqual(JSON.parse(told))
    expect(asked).toBe(2)
  } finally {
    server.close()
  }
})
