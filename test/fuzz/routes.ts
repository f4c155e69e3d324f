import fc from 'fast-check'
import { PERSON, WRONG_KEY } from './marks.ts'
import type { WireRequest } from './wire.ts'

/** A route as the OpenAPI document tells it. */
export interface Route {
  readonly method: string
  readonly path: string
}

const odd = fc.constantFrom(
  '__proto__',
  '..',
  '%2e%2e%2f%2e%2e%2fetc%2fpasswd',
  '..%5c..%5c',
  '%00',
  '%ff',
  '%zz',
  '%F0%9F%98%80',
  "'%20OR%201=1--",
  '91140105MA0K2914XG',
  'complaint-surge',
  '1e400',
  '-1',
  '9223372036854775808',
  'null',
  'a'.repeat(300),
  '%E5%BC%A0',
)
const cursor = fc.oneof(
  odd,
  fc.jsonValue({ maxDepth: 2 }).map((value) => Buffer.from(JSON.stringify(value)).toString('base64url')),
  fc
    .constantFrom('[1e400,"",0,0]', '[0,"\\u0000",0,4294967296]', '["x",null,{},[]]')
    .map((text) => Buffer.from(text).toString('base64url')),
)
const QUERY = [
  'limit',
  'cursor',
  'status',
  'level',
  'region',
  'since',
  'q',
  'key',
  'historic',
  'test',
  'subject',
  '__proto__',
  'x',
]
const query = fc
  .array(fc.tuple(fc.constantFrom(...QUERY), fc.oneof(odd, cursor)), { maxLength: 4 })
  .map((pairs) => (pairs.length === 0 ? '' : `?${pairs.map(([name, value]) => `${name}=${value}`).join('&')}`))

const ODD_PATHS = [
  '/',
  '//',
  '/..',
  '/../../etc/passwd',
  '/assets/..%2f..%2fpackage.json',
  '/assets/%00',
  '/.env',
  '/v1',
  '/v1/',
  '/V1/alerts',
  '/v1/none',
  '/docs/..',
  '/index.html',
  '/%',
  '/v1/alerts/%zz',
]
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'QUERY']

const header = fc.constantFrom<readonly [string, string]>(
  ['Origin', 'http://evil.example'],
  ['Accept', 'text/html'],
  ['If-Match', '"'],
  ['If-Match', '*'],
  ['If-None-Match', 'W/"1"'],
  ['Cookie', `yujing=${'x'.repeat(200)}`],
  ['Cookie', ';;;=;'],
  ['X-Csrf-Token', 'x'],
  ['X-Request-Id', PERSON.phone],
  ['X-Forwarded-For', "'; DROP TABLE"],
  ['Range', 'bytes=0-99999999999'],
  ['Accept-Encoding', 'gzip;q=x'],
  ['Content-Encoding', 'gzip'],
)
const content = fc.oneof(
  fc.constant<readonly [string | null, string]>([null, '']),
  fc.jsonValue({ maxDepth: 3 }).map((value) => ['application/json', JSON.stringify(value)] as const),
  fc.constantFrom<readonly [string, string]>(
    ['application/json', '{'],
    ['application/json', ''],
    ['application/json', '{"__proto__":{"role":"admin"}}'],
    ['application/json', `{"key":"${WRONG_KEY}"}`],
    ['application/json', `{"name":"${PERSON.name}","role":"admin","areas":["1"]}`],
    ['application/json', `${'['.repeat(30_000)}${']'.repeat(30_000)}`],
    ['application/json', `"${'x'.repeat(100_000)}"`],
    ['text/plain', PERSON.name],
    ['application/x-www-form-urlencoded', 'a=b'],
    ['application/json', '{"action":"acknowledge","action":"dismiss"}'],
  ),
)

/** Requests to every route but the events', and to paths that are none; with the administrator's key, a wrong one, or none. */
export function routeRequests(routes: readonly Route[], key: string): fc.Arbitrary<WireRequest> {
  const known = fc
    .tuple(fc.constantFrom(...routes), fc.array(odd, { minLength: 3, maxLength: 3 }))
    .map(([route, values]) => {
      let next = 0
      return [route.method, route.path.replace(/\{\w+\}/g, () => values[next++ % 3] ?? '')] as const
    })
  const unknown = fc.tuple(
    fc.constantFrom(...METHODS),
    fc.constantFrom(...ODD_PATHS, ...routes.map(({ path }) => path)),
  )
  const target = fc.oneof({ weight: 3, arbitrary: known }, unknown)
  const identity = fc.constantFrom<readonly [string, string] | null>(
    ['Authorization', `Bearer ${key}`],
    ['Authorization', `Bearer ${key}`],
    ['Authorization', `Bearer ${WRONG_KEY}`],
    ['Authorization', 'Basic eDp4'],
    ['Authorization', 'Bearer'],
    null,
  )
  return fc
    .record({ target, query, identity, headers: fc.array(header, { maxLength: 3 }), content })
    .filter(({ target: [method, path] }) => !(method === 'POST' && path.startsWith('/v1/events')))
    .map(({ target: [method, path], query: search, identity: as, headers, content: [type, text] }) => ({
      method,
      path: `${path}${search}`,
      headers: [...(as === null ? [] : [as]), ...headers, ...(type === null ? [] : [['Content-Type', type] as const])],
      body: Buffer.from(text),
    }))
}
