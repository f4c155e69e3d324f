import { deflateSync, gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { CATALOGUE, EVENT_TYPES, type EventType } from '../../src/model/catalogue/catalogue.ts'
import { creditCode } from '../support/world.ts'
import { PERSON } from './marks.ts'

type Json = Record<string, unknown>

/** A body for `POST /v1/events`, and how many events it holds where that can be known. */
export interface Body {
  readonly headers: readonly (readonly [string, string])[]
  readonly bytes: Buffer
  /** Null: the body as a whole may be refused. */
  readonly events: number | null
}

const PEOPLE = new Set(['complainant', 'reporter', 'legalRepresentative', 'holder', 'person'])

/** The example of a type with our people in every place where a person stands. */
function exampleOf(type: EventType): Json {
  const peopled = (value: unknown, name: string): unknown => {
    if (PEOPLE.has(name) && typeof value === 'object') {
      return { name: PERSON.name, idNumber: PERSON.idNumber, phone: PERSON.phone }
    }
    if (name === 'phone') return PERSON.phone
    if (name === 'email') return PERSON.email
    if (name === 'text') return `${PERSON.name}先生，电话${PERSON.phone}，身份证${PERSON.idNumber}，${PERSON.email}`
    if (Array.isArray(value)) return value.map((element) => peopled(element, ''))
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, peopled(member, key)]))
  }
  return peopled(CATALOGUE[type].example, '') as Json
}

const strange = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    0,
    -1,
    1e308,
    -1e308,
    2 ** 63,
    0.1,
    '',
    ' ',
    '\0',
    '\ud800',
    '𠀀',
    '%00',
    '../..',
  ),
  fc.constantFrom<unknown>([], {}, [[[[[]]]]], { toString: 1 }, 'x'.repeat(5_000), Array(2_000).fill(0)),
  fc.constantFrom<unknown>(PERSON.name, PERSON.idNumber, Number(PERSON.phone), [PERSON.email], { name: PERSON.name }),
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.jsonValue({ maxDepth: 3 }),
)
const NAMES = [
  '__proto__',
  'constructor',
  'prototype',
  'hasOwnProperty',
  'toString',
  '',
  'id ',
  'data_base64',
  'retracts',
]
const TIMES = [
  '9999-12-31T23:59:60Z',
  '0000-00-00T00:00:00Z',
  '1949-09-30T23:59:59+08:00',
  '2026-02-30T00:00:00Z',
  '1e99',
]
const REGIONS = ['000000', '140100', '999999', '1401O5', '140105 ', '１４０１０５', '140109']

type Change = (event: Json) => void
const membersOf = (event: Json): Json =>
  typeof event.data === 'object' && event.data !== null ? (event.data as Json) : event
const change: fc.Arbitrary<Change> = fc.oneof(
  fc.tuple(fc.nat(20), strange).map(
    ([at, value]): Change =>
      (event) =>
        put(event, at, value),
  ),
  fc.tuple(fc.nat(20), strange).map(
    ([at, value]): Change =>
      (event) =>
        put(membersOf(event), at, value),
  ),
  fc.nat(20).map(
    (at): Change =>
      (event) =>
        drop(event, at),
  ),
  fc.nat(20).map(
    (at): Change =>
      (event) =>
        drop(membersOf(event), at),
  ),
  fc.tuple(fc.constantFrom(...NAMES), strange).map(
    ([name, value]): Change =>
      (event) =>
        define(membersOf(event), name, value),
  ),
  fc.tuple(fc.constantFrom(...NAMES), strange).map(
    ([name, value]): Change =>
      (event) =>
        define(event, name, value),
  ),
  fc.constantFrom(...TIMES).map(
    (time): Change =>
      (event) =>
        define(event, 'time', time),
  ),
  fc.constantFrom(...REGIONS).map(
    (region): Change =>
      (event) =>
        define(event, 'region', region),
  ),
  fc.constantFrom('yujing.tick', 'class.changed', '__proto__', 'toString').map(
    (type): Change =>
      (event) =>
        define(event, 'type', type),
  ),
)

/** Ids and sources stay ours: they are repeated in answers by right. */
const KEPT = new Set(['id', 'source'])
function put(object: Json, at: number, value: unknown): void {
  const names = Object.keys(object).filter((name) => !KEPT.has(name))
  const name = names[at % Math.max(1, names.length)]
  if (name !== undefined) define(object, name, value)
}
function drop(object: Json, at: number): void {
  const names = Object.keys(object)
  const name = names[at % Math.max(1, names.length)]
  if (name !== undefined) delete object[name]
}
/** As an own member, even `__proto__`. */
function define(object: Json, name: string, value: unknown): void {
  Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true })
}

/** An event as JSON text: mostly well-formed, of few ids, so that duplicates and reused ids come by themselves. */
function eventText(run: string): fc.Arbitrary<string> {
  const parts = {
    type: fc.constantFrom(...EVENT_TYPES),
    id: fc.nat(5_000),
    enterprise: fc.nat(50),
    ago: fc.nat(90 * 24 * 3_600_000),
    changes: fc.array(change, { maxLength: 3 }),
    backfill: fc.boolean(),
  }
  return fc.record(parts).map(({ type, id, enterprise, ago, changes, backfill }) => {
    const event: Json = {
      specversion: '1.0',
      id: `${run}-${id}`,
      source: '/fuzz',
      type,
      ...(CATALOGUE[type].subject === 'none' ? {} : { subject: creditCode(enterprise) }),
      time: new Date(Date.now() - ago).toISOString(),
      region: '140105',
      industry: '6210',
      ...(backfill && { backfill: true }),
      data: exampleOf(type),
    }
    for (const apply of changes) apply(event)
    return JSON.stringify(event)
  })
}

/** What breaks the text of one event. */
const spoiling: fc.Arbitrary<(text: string) => string> = fc.oneof(
  { weight: 12, arbitrary: fc.constant((text: string) => text) },
  fc.nat(2_000).map((at) => (text: string) => text.slice(0, at % text.length)),
  fc
    .constantFrom(
      '1e400',
      '-1e400',
      '9223372036854775808',
      '0x10',
      'NaN',
      '01',
      '1e-400',
      '"\\ud800\\ud800"',
      '"\\u0000"',
    )
    .map((value) => (text: string) => text.replace(/:(\d+|"[^"]*")(\}+)$/, `:${value}$2`)),
  fc
    .constantFrom('{"__proto__":{"a":1},', '{"data":1,"data":2,', '{"constructor":{"prototype":{"x":1}},')
    .map((start) => (text: string) => text.replace('{', start)),
  fc
    .integer({ min: 60, max: 20_000 })
    .map(
      (depth) => (text: string) => text.replace('"data":{', `"data":{"a":${'['.repeat(depth)}${']'.repeat(depth)},`),
    ),
  fc
    .constantFrom('', 'null', '[]', '1', '""', '{', '}', ']', '[[[[', 'undefined', '\u2028', '{}{}')
    .map((whole) => () => whole),
)

const ENCODINGS: readonly ((text: string) => Buffer)[] = [
  (text) => Buffer.from(`\ufeff${text}`),
  (text) => Buffer.from(text, 'utf16le'),
  (text) => Buffer.concat([Buffer.of(0xfe, 0xff), Buffer.from(text, 'utf16le').swap16()]),
  // 张三 in GB18030, an overlong zero, half of a pair in UTF-8, a byte that no encoding has.
  ...[[0xd5, 0xc5, 0xc8, 0xfd], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xff]].map(
    (bytes) => (text: string) =>
      Buffer.concat([Buffer.from(text.slice(0, 40)), Buffer.from(bytes), Buffer.from(text.slice(40))]),
  ),
]
const encoding = fc.oneof(
  { weight: 15, arbitrary: fc.constant((text: string) => Buffer.from(text)) },
  fc.constantFrom(...ENCODINGS),
)

type Packing = readonly [name: string | null, pack: (body: Buffer) => Buffer, sound: boolean]
const packing = fc.oneof(
  { weight: 10, arbitrary: fc.constant<Packing>([null, (body) => body, true]) },
  { weight: 4, arbitrary: fc.constant<Packing>(['gzip', (body) => gzipSync(body), true]) },
  fc.constantFrom<Packing>(
    ['gzip', (body) => gzipSync(body).subarray(0, -5), false],
    ['gzip', (body) => body, false],
    ['gzip', (body) => Buffer.concat([gzipSync(body), Buffer.from('trailing')]), false],
    ['deflate', (body) => deflateSync(body), false],
    ['gzip, gzip', (body) => gzipSync(gzipSync(body)), false],
    ['br', (body) => body, false],
    ['', (body) => body, false],
  ),
)

const PLAIN = 'application/cloudevents+json'
const BATCH = 'application/cloudevents-batch+json'
const LINES = 'application/x-ndjson'

/** Bodies of every content type. `run` tells the ids of one run from another's. */
export function bodies(run: string): fc.Arbitrary<Body> {
  const texts = fc.array(
    fc.tuple(eventText(run), spoiling).map(([text, spoil]) => spoil(text)),
    { minLength: 1, maxLength: 6 },
  )
  const shape = fc.constantFrom('structured', 'batch', 'lines', 'lines', 'binary', 'other' as const)
  const type = fc.constantFrom(
    'text/plain',
    'application/json',
    'multipart/form-data',
    `${LINES}; charset=gb18030`,
    'x',
    '',
  )
  return fc.record({ texts, shape, encoding, packing, type }).map((parts): Body => {
    const [packed, pack, sound] = parts.packing
    const headers: [string, string][] = packed === null ? [] : [['Content-Encoding', packed]]
    const body = (contentType: string, text: string, events: number | null, more: [string, string][] = []): Body => {
      const bytes = parts.encoding(text)
      const clear = sound && bytes.equals(Buffer.from(text))
      return {
        headers: [['Content-Type', contentType], ...headers, ...more],
        bytes: pack(bytes),
        events: clear ? events : null,
      }
    }
    const [first = ''] = parts.texts
    switch (parts.shape) {
      case 'structured':
        return body(PLAIN, first, null)
      case 'batch':
        return body(BATCH, `[${parts.texts.join(',')}]`, null)
      case 'lines': {
        const text = parts.texts.join('\n')
        return body(LINES, text, text.split('\n').filter((line) => line.trim() !== '').length)
      }
      case 'binary':
        return body('application/json', dataOf(first), null, attributesOf(first))
      default:
        return body(parts.type, first, null)
    }
  })
}

function parsed(text: string): Json {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Json) : {}
  } catch {
    return {}
  }
}

/** The data of an event as text; the text itself where there is none, or none that can be written. */
function dataOf(text: string): string {
  try {
    return JSON.stringify(parsed(text).data ?? text)
  } catch {
    return text
  }
}

/** Attributes as headers; percent-encoded, as half of them must be and the other half should have been. */
function attributesOf(text: string): [string, string][] {
  return Object.entries(parsed(text))
    .filter(([name, value]) => /^[a-z]+$/.test(name) && name !== 'data' && typeof value !== 'object')
    .map(([name, value]) => {
      return [
        `ce-${name}`,
        encodeURIComponent(
          String(value)
            .slice(0, 500)
            .replace(/\p{Cs}/gu, ''),
        ),
      ]
    })
}
