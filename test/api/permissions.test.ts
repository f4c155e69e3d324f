import { afterAll, describe, expect, test } from 'vitest'
import type { NewKey } from '../../src/access/key-record.ts'
import { HOT_POT } from '../alerts/findings.ts'
import { BOOTSTRAP_KEY, openHouse } from './house.ts'

const house = await openHouse()
afterAll(() => house.closes())

const keys: Record<string, string> = {
  admin: BOOTSTRAP_KEY,
  supervisor: await house.key({ name: 'county', role: 'supervisor', areas: ['140105'] }),
  viewer: await house.key({ name: 'leader', role: 'viewer' }),
  ingest: await house.key({ name: '12315', role: 'ingest', sources: ['/sx/12315'] }),
}

/** Every route and who may use it, written down again by hand: what the code says is held against this. */
const ROUTES: readonly [method: string, path: string, allowed: readonly string[], body?: unknown][] = [
  ['POST', '/v1/events', ['admin', 'ingest'], {}],
  ['GET', '/v1/events/unattributed', ['admin', 'supervisor']],
  [
    'POST',
    '/v1/events/nameless/attribute',
    ['admin', 'supervisor'],
    { source: '/sx/12315', subject: '91140105MA0K2914XG' },
  ],
  ['GET', '/v1/alerts', ['admin', 'supervisor', 'viewer']],
  ['GET', '/v1/alerts/none', ['admin', 'supervisor', 'viewer']],
  ['POST', '/v1/alerts/none/verify', ['admin', 'supervisor', 'viewer']],
  ['POST', '/v1/alerts/none/actions', ['admin', 'supervisor'], { action: 'acknowledge' }],
  ['GET', '/v1/officers', ['admin', 'supervisor', 'viewer']],
  ['GET', '/v1/inventory', ['admin', 'supervisor', 'viewer']],
  ['GET', '/v1/overview', ['admin', 'supervisor', 'viewer']],
  ['GET', `/v1/enterprises/${HOT_POT}`, ['admin', 'supervisor', 'viewer']],
  ['GET', `/v1/enterprises/${HOT_POT}/timeline`, ['admin', 'supervisor', 'viewer']],
  ['GET', '/v1/detectors', ['admin', 'supervisor', 'viewer']],
  ['GET', `/v1/detectors/complaint-surge/explain?key=${HOT_POT}`, ['admin', 'supervisor', 'viewer']],
  ['PUT', '/v1/detectors/complaint-surge/params', ['admin'], { minimum: 6 }],
  [
    'POST',
    '/v1/detectors/complaint-surge/backtest',
    ['admin'],
    { from: '2026-08-01', to: '2026-11-01', parameters: { minimum: 6 } },
  ],
  ['GET', '/v1/allow-lists', ['admin']],
  ['PUT', '/v1/allow-lists', ['admin'], { entries: [], after: 0 }],
  ['GET', '/v1/calendars', ['admin', 'supervisor', 'viewer']],
  ['PUT', '/v1/calendars', ['admin'], { calendar: 'school', year: 2026, off: [], on: [], after: 0 }],
  ['GET', '/v1/sources', ['admin', 'supervisor', 'viewer', 'ingest']],
  ['PUT', '/v1/sources', ['admin'], {}],
  ['POST', '/v1/sources/%2Fsx%2F12315/complete', ['admin', 'ingest'], { through: '2026-11-23T00:00:00+08:00' }],
  ['GET', '/v1/quarantine', ['admin']],
  ['GET', '/v1/quarantine/entries', ['admin']],
  ['POST', '/v1/quarantine/entries/1/open', ['admin'], { reason: '核对来源' }],
  ['POST', '/v1/quarantine/entries/1/resubmit', ['admin'], { reason: '更正代码', event: {} }],
  ['POST', '/v1/quarantine/entries/1/discard', ['admin'], { reason: '重复报送' }],
  ['GET', '/v1/imports', ['admin', 'ingest']],
  ['POST', '/v1/imports/0123456789', ['admin', 'ingest'], { kind: 'events', file: 'a.csv', bytes: 1, backfill: false }],
  [
    'PUT',
    '/v1/imports/0123456789',
    ['admin', 'ingest'],
    { state: 'done', rows: 1, accepted: 1, duplicates: 0, rejected: 0, bytesDone: 1, rate: 1, remaining: null },
  ],
  ['GET', '/v1/keys', ['admin']],
  ['POST', '/v1/keys', ['admin'], { name: 'new', role: 'viewer' } satisfies NewKey],
  ['DELETE', '/v1/keys/none', ['admin']],
  ['GET', '/v1/clock', ['admin']],
  ['POST', '/v1/clock/confirm', ['admin']],
  ['GET', '/v1/session', ['admin', 'supervisor', 'viewer', 'ingest']],
  ['DELETE', '/v1/session', ['admin', 'supervisor', 'viewer', 'ingest']],
  ['POST', '/v1/live/ticket', ['admin', 'supervisor', 'viewer']],
  ['GET', '/metrics', ['admin', 'supervisor', 'viewer', 'ingest']],
  ['GET', '/v1/codes', ['admin', 'supervisor', 'viewer', 'ingest']],
  ['GET', '/docs', ['admin', 'supervisor', 'viewer', 'ingest']],
  ['GET', '/docs/json', ['admin', 'supervisor', 'viewer', 'ingest']],
  ['GET', '/docs/asyncapi.json', ['admin', 'supervisor', 'viewer', 'ingest']],
]

const cells = ROUTES.flatMap(([method, path, allowed, body]) =>
  Object.keys(keys).map((role) => ({
    role,
    method,
    path,
    body,
    wanted: allowed.includes(role) ? 'let in' : 'refused',
  })),
)

describe('who may do what', () => {
  test.each(cells)('$role $method $path: $wanted', async ({ role, method, path, body, wanted }) => {
    const answer = await house.ask(method, path, { key: keys[role] ?? '', body })
    if (wanted === 'refused') {
      expect(answer.status).toBe(403)
      expect(answer.json()).toMatchObject({ error: { code: 'forbidden' } })
    } else expect([403, 500]).not.toContain(answer.status)
  })

  test.each(ROUTES)('%s %s asks for an identity', async (method, path, _allowed, body) => {
    const wrong: Record<string, string>[] = [
      {},
      { authorization: 'Bearer of-nothing-and-nobody' },
      { authorization: 'Basic eDp5' },
    ]
    for (const headers of wrong) {
      const answer = await house.ask(method, path, { headers, body })
      expect(answer.status).toBe(401)
      expect(answer.headers.get('www-authenticate')).toContain('Bearer')
      expect(answer.json()).toMatchObject({ error: { code: 'unauthenticated' } })
    }
  })

  test('the table above holds every route of the server but the public ones', () => {
    const open = ['/healthz', '/readyz', '/v1/live', 'POST /v1/session']
    const missing: string[] = []
    for (const line of routesOf(house.server.printRoutes({ commonPrefix: false }))) {
      const [method = '', url = ''] = line.split(' ')
      const known = ROUTES.some(([m, path]) => m === method && matches(url, path.split('?')[0] ?? ''))
      if (!known && !open.includes(url) && !open.includes(line) && !url.startsWith('/docs/')) missing.push(line)
    }
    expect(missing).toEqual([])
  })

  test('a route without declared access stops the start', async () => {
    await expect(
      openHouse({
        live: {},
        parts: {
          live: {
            epoch: 'e',
            asyncapi: {},
            async register(server) {
              server.get('/v1/forgotten', async () => 'open to everybody')
            },
          },
        },
      }),
    ).rejects.toThrow('GET /v1/forgotten')
  })
})

/** `METHOD /path` of each line of the printed tree. */
function routesOf(tree: string): string[] {
  const lines: string[] = []
  const path: string[] = []
  for (const line of tree.split('\n')) {
    const found = /^([│ ]*)[├└]── (\S*)(?: \(([A-Z, ]+)\))?/.exec(line)
    if (found === null) continue
    const depth = (found[1] ?? '').length / 4
    path.splice(depth, path.length, found[2] ?? '')
    for (const method of found[3]?.split(', ') ?? []) if (method !== 'HEAD') lines.push(`${method} ${path.join('')}`)
  }
  return lines
}

function matches(pattern: string, path: string): boolean {
  return new RegExp(`^${pattern.replace(/:\w+/g, '[^/]+')}/?$`).test(path)
}
