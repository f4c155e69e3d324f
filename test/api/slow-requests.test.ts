import { afterEach, describe, expect, it } from 'vitest'
import { converse } from '../fuzz/wire.ts'
import { BOOTSTRAP_KEY, type House, openHouse } from './house.ts'

const FOR_EVER_MS = 600_000
const SOON_MS = 100
const half = `POST /v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${BOOTSTRAP_KEY}\r\nContent-Type: application/x-ndjson\r\nContent-Length: 1000\r\n\r\n{`

let house: House
afterEach(() => house.closes())

describe('a request that does not come to its end', () => {
  it.each([
    ['no byte of it', ''],
    ['half a header', 'GET /healthz HTTP/1.1\r\nHost: x\r\nX-Slow: '],
  ])('is refused when its headers take too long: %s', async (_what, bytes) => {
    house = await openHouse({
      parts: { patience: { headersMs: SOON_MS, requestMs: FOR_EVER_MS, slowCheckMs: SOON_MS } },
    })
    const answer = await converse(house.url, [bytes])
    expect(answer?.status).toBe(408)
    expect(JSON.parse(answer?.body ?? '')).toMatchObject({ error: { code: 'request.too-slow' } })
  })

  it('is refused when its body takes too long', async () => {
    house = await openHouse({ parts: { patience: { headersMs: SOON_MS, requestMs: SOON_MS, slowCheckMs: SOON_MS } } })
    const answer = await converse(house.url, [half])
    expect(answer?.status).toBe(408)
    expect(JSON.parse(answer?.body ?? '')).toMatchObject({ error: { code: 'request.too-slow' } })
  })

  it('has 20 s for its headers and 2 min for all of it', async () => {
    house = await openHouse()
    const { headersTimeout, requestTimeout } = house.server.server
    expect({ headersTimeout, requestTimeout }).toEqual({ headersTimeout: 20_000, requestTimeout: 120_000 })
  })
})
