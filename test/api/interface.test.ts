import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { YujingError } from '../../src/model/errors.ts'
import { HOT_POT, NOODLES } from '../alerts/findings.ts'
import { BOOTSTRAP_KEY, type House, openHouse } from './house.ts'

const admin = { key: BOOTSTRAP_KEY }
const page = await mkdtemp(join(tmpdir(), 'yujing-console-'))
await mkdir(join(page, 'assets'))
await writeFile(join(page, 'index.html'), '<title>预警</title>')
await writeFile(join(page, 'assets/app-1a2b3c.js'), 'let a')
await writeFile(join(page, '.env'), 'SECRET=1')

let health = { reasons: [] as string[], degraded: [] as string[], restarting: [] as string[] }
const house = await openHouse({
  parts: {
    consoleDir: page,
    health: { check: async () => health },
    rateLimits: { requestsPerMinute: 500, eventRequestsPerMinute: 500 },
  },
})
afterAll(async () => {
  await house.closes()
  await rm(page, { recursive: true })
})

describe('health', () => {
  test('readiness tells what is away and why', async () => {
    expect((await house.ask('GET', '/healthz')).status).toBe(200)
    expect((await house.ask('GET', '/readyz')).json()).toEqual({
      ready: true,
      degraded: [],
      reasons: [],
      restarting: [],
    })
    health = { reasons: [], degraded: ['store'], restarting: ['clickhouse ended'] }
    const degraded = await house.ask('GET', '/readyz')
    expect([degraded.status, degraded.json().degraded]).toEqual([200, ['store']])
    health = { reasons: ['log unreachable'], degraded: [], restarting: [] }
    const unready = await house.ask('GET', '/readyz')
    expect([unready.status, unready.json().reasons]).toEqual([503, ['log unreachable']])
  })

  test('metrics are in the Prometheus format', async () => {
    const answer = await house.ask('GET', '/metrics', admin)
    expect(answer.headers.get('content-type')).toContain('text/plain')
    expect(answer.text).toContain('# TYPE yujing_live_clients gauge')
  })
})

describe('the console', () => {
  const html = { headers: { accept: 'text/html,*/*' } }

  test.each(['/', '/alerts/some-id', '/index.html'])('%s is the page, asked for anew each time', async (path) => {
    const answer = await house.ask('GET', path, html)
    expect([answer.status, answer.text]).toEqual([200, '<title>预警</title>'])
    expect(answer.headers.get('cache-control')).toBe('no-cache')
    expect(answer.headers.get('content-security-policy')).toMatch(/script-src 'self';.*frame-ancestors 'none'/)
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
  })

  test('what has a hash in its name is kept for ever', async () => {
    const answer = await house.ask('GET', '/assets/app-1a2b3c.js')
    expect(answer.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
  })

  test.each([
    ['/v1/nothing', html],
    ['/assets/gone.js', html],
    ['/docs/nothing', { ...html, ...admin }],
    ['/elsewhere', {}],
    ['/.env', {}],
    ['/../package.json', {}],
  ])('%s is 404 in the common shape', async (path, more) => {
    const answer = await house.ask('GET', path, more)
    expect([answer.status, answer.json().error.code]).toEqual([404, 'not-found'])
  })

  test('without a build the interface still answers', async () => {
    const bare = await openHouse()
    expect((await bare.ask('GET', '/', html)).json()).toMatchObject({ error: { code: 'not-found' } })
    await bare.closes()
  })
})

/** What the test looks into. */
interface AsyncApi {
  readonly asyncapi: string
  readonly servers: Record<string, { host: string; protocol: string; variables: object }>
  readonly channels: Record<string, { address: string; parameters?: object }>
  readonly operations: Record<
    string,
    { action: string; channel: { $ref: string }; messages: readonly { $ref: string }[] }
  >
  readonly components: { readonly messages: object }
}

describe('documentation', () => {
  test('OpenAPI describes every route but pages and the documentation itself', async () => {
    const { openapi, paths } = (await house.ask('GET', '/docs/json', admin)).json()
    expect(openapi).toBe('3.1.0')
    expect(
      Object.keys(paths)
        .filter((path) => path.startsWith('/v1/'))
        .sort(),
    ).toEqual([
      '/v1/alerts',
      '/v1/alerts/{id}',
      '/v1/alerts/{id}/actions',
      '/v1/alerts/{id}/verify',
      '/v1/allow-lists',
      '/v1/calendars',
      '/v1/clock',
      '/v1/clock/confirm',
      '/v1/codes',
      '/v1/detectors',
      '/v1/detectors/{id}/backtest',
      '/v1/detectors/{id}/explain',
      '/v1/detectors/{id}/params',
      '/v1/enterprises/{code}',
      '/v1/enterprises/{code}/timeline',
      '/v1/events',
      '/v1/events/unattributed',
      '/v1/events/{id}/attribute',
      '/v1/imports',
      '/v1/imports/{run}',
      '/v1/inventory',
      '/v1/keys',
      '/v1/keys/{id}',
      '/v1/live/ticket',
      '/v1/officers',
      '/v1/overview',
      '/v1/quarantine',
      '/v1/quarantine/entries',
      '/v1/quarantine/entries/{seq}/discard',
      '/v1/quarantine/entries/{seq}/open',
      '/v1/quarantine/entries/{seq}/resubmit',
      '/v1/session',
      '/v1/sources',
      '/v1/sources/{name}/complete',
    ])
  })

  test('AsyncAPI describes the feed and the inboxes', async () => {
    const text = (await house.ask('GET', '/docs/asyncapi.json', admin)).text
    const document = JSON.parse(text) as AsyncApi
    expect(document.asyncapi).toBe('3.0.0')
    expect(Object.keys(document.components.messages)).toEqual([
      ...['subscribe', 'hello', 'alert', 'gone', 'reset', 'pulse'],
      ...['structuredEvent', 'eventBatch', 'binaryEvent', 'exportedEvent'],
    ])
    expect(Object.keys(document.channels)).toEqual(['live', 'inbox', 'export'])
    expect(document.channels.inbox?.address).toBe('yujing.inbox.{name}.{lane}')
    for (const { address, parameters = {} } of Object.values(document.channels)) {
      const named = [...address.matchAll(/\{(\w+)\}/g)].map((match) => match[1])
      expect(Object.keys(parameters)).toEqual(named)
    }
    for (const { action, channel, messages } of Object.values(document.operations)) {
      expect(['send', 'receive']).toContain(action)
      for (const { $ref } of messages) expect($ref.startsWith(`${channel.$ref}/messages/`)).toBe(true)
    }
    for (const { host, protocol, variables } of Object.values(document.servers)) {
      expect([host, typeof protocol, Object.keys(variables)]).toEqual(['{host}', 'string', ['host']])
    }
    // Every reference leads somewhere.
    for (const [, path = ''] of text.matchAll(/"\$ref":"#\/([^"]+)"/g)) {
      const found = path
        .split('/')
        .reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], document)
      expect(found, path).toBeDefined()
    }
  })

  test('the page works under the policy for scripts', async () => {
    const { text } = await house.ask('GET', '/docs', { ...admin, headers: { accept: 'text/html' } })
    expect(text).not.toMatch(/<script(?![^>]*src=)/)
  })
})

describe('enterprises', () => {
  test('are visible to whose scope holds their county', async () => {
    const key = await house.key({ name: 'datong', role: 'supervisor', areas: ['140200'] })
    expect((await house.ask('GET', `/v1/enterprises/${NOODLES}`, { key })).json()).toMatchObject({ code: NOODLES })
    for (const path of [HOT_POT, `${HOT_POT}/timeline`, '91140802MA0K066935']) {
      expect((await house.ask('GET', `/v1/enterprises/${path}`, { key })).status).toBe(404)
    }
    expect((await house.ask('GET', '/v1/enterprises/short', { key })).status).toBe(400)
    const explain = (code: string) => house.ask('GET', `/v1/detectors/complaint-surge/explain?key=${code}`, { key })
    expect((await explain(HOT_POT)).status).toBe(404)
    expect((await house.ask('GET', `/v1/detectors/complaint-surge/explain?key=${HOT_POT}`, admin)).status).toBe(200)
  })
})

describe('detectors', () => {
  test('new parameters answer with the position from which they hold', async () => {
    const answer = await house.ask('PUT', '/v1/detectors/complaint-surge/params', { ...admin, body: { minimum: 6 } })
    expect(answer.json()).toEqual({
      detector: 'complaint-surge',
      version: 1,
      parameters: { minimum: 6 },
      position: { epoch: 'e', seq: 7, index: 0 },
    })
    expect((await house.ask('PUT', '/v1/detectors/none/params', { ...admin, body: {} })).status).toBe(404)
    expect(
      (await house.ask('PUT', '/v1/detectors/complaint-surge/params', { ...admin, body: { minimum: 'x' } })).status,
    ).toBe(400)
  })
})

describe('settings', () => {
  const entry = {
    ...{ kind: 'address', key: 'a1', detector: null, owner: '登记科', reason: '集群注册地址' },
    until: '2027-01-01T00:00:00+08:00',
  }
  const put = (body: object) => house.ask('PUT', '/v1/allow-lists', { ...admin, body })

  test('an allow-list answers as it was sent, with its version and position', async () => {
    expect((await house.ask('GET', '/v1/allow-lists', admin)).json()).toEqual({ version: 0, entries: [], by: '' })
    expect((await put({ after: 0, entries: [entry] })).json()).toEqual({
      ...{ version: 1, entries: [entry], by: 'bootstrap' },
      position: { epoch: 'e', seq: 9, index: 0 },
    })
  })

  test.each([
    [412, 'revision.stale', { after: 7, entries: [] }],
    [400, 'request.invalid', { entries: [] }],
    [400, 'request.invalid', { after: 0, entries: [{ ...entry, until: '2027-01-01' }] }],
    [400, 'request.invalid', { after: 0, entries: [{ ...entry, owner: '' }] }],
    [400, 'request.invalid', { after: 0, entries: [{ ...entry, detector: undefined }] }],
    [400, 'request.invalid', { after: 0, entries: [{ ...entry, kind: 'city' }] }],
    [400, 'request.invalid', { after: 0, entries: [{ ...entry, because: 'x' }] }],
  ])('%d %s: a list that may not stand', async (status, code, body) => {
    const answer = await put(body)
    expect([answer.status, answer.json()]).toMatchObject([status, { error: { code } }])
  })
})

describe('keys', () => {
  test('are made, listed without their secret, and revoked', async () => {
    const made = await house.ask('POST', '/v1/keys', {
      ...admin,
      body: { name: 'n', role: 'supervisor', areas: ['140105'] },
    })
    expect(made.status).toBe(201)
    const { key, info } = made.json()
    expect((await house.ask('GET', '/v1/overview', { key: `${key}` })).status).toBe(200)
    expect((await house.ask('GET', '/v1/keys', admin)).text).not.toContain(`${key}`)
    expect((await house.ask('DELETE', `/v1/keys/${info.id}`, admin)).status).toBe(204)
    expect((await house.ask('GET', '/v1/overview', { key: `${key}` })).status).toBe(401)
    expect((await house.ask('DELETE', '/v1/keys/none', admin)).status).toBe(404)
    expect((await house.ask('POST', '/v1/keys', { ...admin, body: { name: 'n', role: 'supervisor' } })).status).toBe(
      400,
    )
  })

  test.each([
    [{ role: 'supervisor', areas: ['140199'] }, '140199'],
    [{ role: 'viewer', areas: ['140105', '140199'] }, '140199'],
    [{ role: 'ingest', sources: ['/sx/12315'], types: ['complaint.filled'] }, 'complaint.filled'],
    [{ role: 'ingest', sources: ['/sx/12315', ' /sx/other'] }, ' /sx/other'],
  ])('limited to what is none are refused: %o', async (limits, named) => {
    const before = (await house.ask('GET', '/v1/keys', admin)).json().items.length
    const answer = await house.ask('POST', '/v1/keys', { ...admin, body: { name: 'n', ...limits } })
    expect(answer.status).toBe(400)
    expect(answer.json().error).toMatchObject({ code: 'request.invalid', message: expect.stringContaining(named) })
    expect((await house.ask('GET', '/v1/keys', admin)).json().items).toHaveLength(before)
  })
})

describe('refusals', () => {
  test.each([
    ['a body that is no JSON', { headers: { 'content-type': 'application/json' }, body: '{' }, 400, 'body.malformed'],
    ['an empty body', { headers: { 'content-type': 'application/json' }, body: '' }, 400, 'body.malformed'],
    ['another media type', { headers: { 'content-type': 'text/csv' }, body: 'a' }, 415, 'body.media-type'],
    ['too large a body', { body: { name: 'x'.repeat(70_000) } }, 413, 'body.too-large'],
    ['a body out of shape', { body: { name: 1 } }, 400, 'request.invalid'],
    [
      'a poisoned prototype',
      { headers: { 'content-type': 'application/json' }, body: '{"__proto__":{}}' },
      400,
      'body.malformed',
    ],
  ])('%s', async (_what, more, status, code) => {
    const answer = await house.ask('POST', '/v1/keys', { ...admin, ...more })
    expect([answer.status, answer.json().error.code]).toEqual([status, code])
    expect(Object.keys(answer.json())).toEqual(['error'])
  })

  test('a fault of ours says nothing of itself', async () => {
    const broken = await openHouse({
      parts: {
        store: {
          enterprise: () => Promise.reject(new Error('password is 张三')),
          timeline: () => Promise.reject(new YujingError('store.unavailable')),
          unattributed: () => Promise.reject(new YujingError('store.unavailable')),
          quarantineCodes: () => Promise.reject(new YujingError('store.unavailable')),
        },
      },
    })
    try {
      const answer = await broken.ask('GET', `/v1/enterprises/${HOT_POT}`, admin)
      expect([answer.status, answer.json().error.code]).toEqual([500, 'internal'])
      expect(answer.text).not.toMatch(/张三|password|at .*\.ts/)
      const away = await broken.ask('GET', '/v1/quarantine', admin)
      expect([away.status, away.json().error.code, away.headers.get('retry-after')]).toEqual([
        503,
        'store.unavailable',
        '5',
      ])
    } finally {
      await broken.closes()
    }
  })

  test('what is not even HTTP is refused in the common shape', async () => {
    expect(await raw(house, 'GARBAGE\r\n\r\n')).toMatch(/^HTTP\/1.1 400 [\s\S]*"code":"request.invalid"/)
    expect(await raw(house, 'GET /%zz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n')).toMatch(
      /^HTTP\/1.1 400 [\s\S]*"code":"request.invalid"/,
    )
  })

  test('what comes over open connections while the service stops is answered as ever', async () => {
    const stopping = await openHouse()
    const answered: string[] = []
    // Each asks on until the door is shut.
    const askOn = async () => {
      for (;;) {
        const answer = await stopping.ask('GET', '/v1/overview').catch(() => null)
        if (answer === null) return
        answered.push(`${answer.status} ${answer.json().error.code}`)
      }
    }
    const asking = Promise.all(Array.from({ length: 20 }, askOn))
    await expect.poll(() => answered.length).toBeGreaterThan(20)
    await stopping.closes()
    await asking
    expect(new Set(answered)).toEqual(new Set(['401 unauthenticated']))
  })

  test('the id of a request comes back when it is a UUID; what may name a person does not', async () => {
    const id = async (given: string) =>
      (await house.ask('GET', '/healthz', { headers: { 'x-request-id': given } })).headers.get('x-request-id')
    const own = '0b5c1f6e-3f0f-4a3a-9d1c-6f2f6a1b7c8d'
    expect(await id(own)).toBe(own)
    for (const harmful of ['a b{"x":1}', '140105198001010013', '13987654321']) {
      expect(await id(harmful)).toMatch(/^[0-9a-f-]{36}$/)
    }
  })

  test('too many requests of one identity are 429, and no other identity suffers', async () => {
    const key = await house.key({ name: 'busy', role: 'viewer' })
    let refused = await house.ask('GET', '/v1/overview', { key })
    for (let sent = 0; sent < 510 && refused.status === 200; sent++)
      refused = await house.ask('GET', '/v1/overview', { key })
    expect([refused.status, refused.json().error.code]).toEqual([429, 'rate.limited'])
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
    expect((await house.ask('GET', '/v1/overview', admin)).status).toBe(200)
    expect((await house.ask('GET', '/healthz')).status).toBe(200)
  })
})

function raw({ port }: House, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = ''
    const socket = connect(port, '127.0.0.1', () => socket.write(text))
    socket.on('data', (data) => {
      answer += data.toString()
    })
    socket.on('error', reject)
    socket.on('close', () => resolve(answer))
  })
}
