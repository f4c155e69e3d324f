import { gzipSync } from 'node:zlib'
import { beforeEach, describe, expect, it } from 'vitest'
import { createSeal } from '../../src/ingest/seal.ts'
import type { IngestAnswer } from '../../src/ingest/tally.ts'
import { ID_SHARDS } from '../../src/ingest/writer/id-index.ts'
import { EVENT_TYPES } from '../../src/model/catalogue/catalogue.ts'
import { YujingError } from '../../src/model/errors.ts'
import { ALL_RIGHTS, cloudEvent, createSetting, PERSON_KEY, request, type Setting } from './setting.ts'

let setting: Setting

beforeEach(async () => {
  setting = createSetting()
  await setting.writer.start()
})

const complaint = (more: Record<string, unknown> = {}) => cloudEvent('complaint.filed', more)

/** The error with which the door refuses a whole request. */
async function refusal(pending: Promise<unknown>): Promise<YujingError> {
  const error = await pending.then(
    () => null,
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(YujingError)
  return error as YujingError
}

/** The code and message for an event that is sent alone. */
async function codeOf(event: unknown): Promise<string> {
  const error = await refusal(setting.send(event))
  const answer = error.details as IngestAnswer
  expect(answer.rejected).toHaveLength(1)
  expect(answer.rejected[0]?.code).toBe(error.code)
  expect(setting.quarantine.entries.map(({ code }) => code)).toEqual([error.code])
  return error.code
}

describe('content modes', () => {
  const event = complaint({ id: 'one' })
  const binary = {
    'ce-specversion': '1.0',
    'ce-id': 'one',
    'ce-source': '/sx/test',
    'ce-type': 'complaint.filed',
    'ce-subject': '91140105MA0K2914XG',
    'ce-time': '2026-11-23T07:30:00%2B08:00',
    'ce-region': '140105',
    'ce-backfill': 'true',
    host: 'localhost',
  }

  it.each([
    ['structured', request('application/cloudevents+json', JSON.stringify(event))],
    ['structured with charset', request('Application/CloudEvents+JSON; charset="UTF-8"', JSON.stringify(event))],
    ['batch', request('application/cloudevents-batch+json', JSON.stringify([event]))],
    ['lines', request('application/x-ndjson', `\r\n${JSON.stringify(event)}\r\n\n`)],
    ['binary', request('application/json', JSON.stringify(event.data), { headers: binary })],
    ['binary without a content type', request(undefined, JSON.stringify(event.data), { headers: binary })],
    ['gzip', request('application/x-ndjson', gzipSync(JSON.stringify(event)), { contentEncoding: 'gzip' })],
    ['a byte order mark', request('application/cloudevents+json', `\uFEFF${JSON.stringify(event)}`)],
  ])('takes %s', async (_, sent) => {
    expect(await setting.door.accept(sent)).toEqual({ accepted: 1, duplicates: 0, rejected: [], reused: [] })
    expect(setting.logged()).toMatchObject([
      { source: '/sx/test', id: 'one', type: 'complaint.filed', region: '140105' },
    ])
  })

  it('reads headers as the standard says', async () => {
    const headers = { ...binary, 'ce-id': '%E6%8A%95%E8%AF%89%201', 'ce-source': '"/sx/\\"q\\""' }
    await setting.door.accept(request('application/json', JSON.stringify(event.data), { headers }))
    expect(setting.logged()).toMatchObject([{ id: '投诉 1', source: '/sx/"q"', backfill: true }])
    const broken = { ...headers, 'ce-id': '%E6%8A' }
    const error = await refusal(setting.door.accept(request('application/json', '{}', { headers: broken })))
    expect(error.code).toBe('event.malformed')
  })

  it('counts lines without blank ones, and answers for each event', async () => {
    const lines = [
      '',
      JSON.stringify(complaint()),
      '   ',
      '{broken',
      JSON.stringify(complaint({ id: 'far', region: '999999' })),
    ]
    const answer = await setting.door.accept(request('application/x-ndjson', lines.join('\n')))
    expect(answer).toMatchObject({
      accepted: 1,
      rejected: [
        { index: 1, id: null, code: 'event.malformed' },
        { index: 2, id: 'far', code: 'region.unknown' },
      ],
    })
  })

  it('takes an empty batch without effect', async () => {
    const answer = await setting.door.accept(request('application/cloudevents-batch+json', '[]'))
    expect(answer).toEqual({ accepted: 0, duplicates: 0, rejected: [], reused: [] })
  })
})

describe('the body as a whole', () => {
  const packed = gzipSync(JSON.stringify(complaint()))

  it.each([
    ['no JSON', request('application/cloudevents+json', '{"a":'), 'body.malformed'],
    ['no array', request('application/cloudevents-batch+json', '{}'), 'body.malformed'],
    ['no UTF-8', request('application/x-ndjson', Buffer.of(0x22, 0xff, 0x22)), 'body.malformed'],
    [
      'gzip cut off',
      request('application/x-ndjson', packed.subarray(0, -9), { contentEncoding: 'gzip' }),
      'body.malformed',
    ],
    ['no gzip', request('application/x-ndjson', '{}', { contentEncoding: 'gzip' }), 'body.malformed'],
    ['too large', request('application/x-ndjson', Buffer.alloc(10 * 1024 * 1024 + 1, 0x20)), 'body.too-large'],
    [
      'too large unpacked',
      request('application/x-ndjson', gzipSync(Buffer.alloc(64 * 1024 * 1024 + 1, 0x20)), { contentEncoding: 'gzip' }),
      'body.too-large',
    ],
    ['another type', request('text/csv', 'a,b'), 'body.media-type'],
    ['plain JSON without ce-* headers', request('application/json', '{}'), 'body.media-type'],
    ['another charset', request('application/x-ndjson; charset=gb18030', '{}'), 'body.media-type'],
    ['another compression', request('application/x-ndjson', '{}', { contentEncoding: 'br' }), 'body.media-type'],
  ])('%s: refused, and kept as it came', async (_, sent, code) => {
    expect((await refusal(setting.door.accept({ ...sent, sender: 'source-7' }))).code).toBe(code)
    const [entry, ...more] = setting.quarantine.entries
    expect([entry?.code, entry?.sender, entry?.source, entry?.id, more]).toEqual([code, 'source-7', '', null, []])
    const opened = createSeal(PERSON_KEY).open(entry?.payload ?? '')
    const kept = entry?.encoding === 'base64' ? Buffer.from(opened, 'base64') : Buffer.from(opened)
    expect(sent.body.subarray(0, kept.length).equals(kept)).toBe(true)
    expect(entry?.cutFromBytes ?? kept.length).toBe(sent.body.length)
  })

  it('cut between two characters, not within one', async () => {
    const text = `"${'长'.repeat(400_000)}`
    await refusal(setting.door.accept(request('application/cloudevents+json', text)))
    const [entry] = setting.quarantine.entries
    const opened = createSeal(PERSON_KEY).open(entry?.payload ?? '')
    expect([entry?.encoding, text.startsWith(opened), opened.length]).toEqual([undefined, true, 192 * 1024])
  })

  it('of nothing: there is nothing to keep', async () => {
    await refusal(setting.door.accept(request('application/cloudevents+json', '')))
    expect(setting.quarantine.entries).toEqual([])
  })

  it('never quotes the body', async () => {
    const error = await refusal(setting.door.accept(request('application/cloudevents+json', '{"name": 王小明}')))
    expect(error.message).not.toContain('王')
  })
})

describe('events', () => {
  it.each(EVENT_TYPES)('%s comes through', async (type) => {
    expect(await setting.send(cloudEvent(type))).toMatchObject({ accepted: 1, rejected: [] })
  })

  it.each<[string, unknown, string]>([
    ['no object', 7, 'event.malformed'],
    ['no specversion', complaint({ specversion: undefined }), 'event.malformed'],
    ['no id', complaint({ id: '' }), 'event.malformed'],
    ['half a character in the id', complaint({ id: 'a\ud800' }), 'event.malformed'],
    ['no source', complaint({ source: undefined }), 'event.malformed'],
    ['no data', complaint({ data: undefined }), 'event.malformed'],
    ['base64', complaint({ data_base64: 'e30=' }), 'event.malformed'],
    ['a flag that is a word', complaint({ backfill: 'yes' }), 'event.malformed'],
    ['XML', complaint({ datacontenttype: 'application/xml' }), 'event.malformed'],
    ['a retraction of nothing', cloudEvent('event.retracted', { retracts: undefined }), 'event.malformed'],
    ['an unknown type', complaint({ type: 'complaint.invented' }), 'event.type-unknown'],
    ['a type of the log', complaint({ type: 'yujing.tick' }), 'event.type-unknown'],
    ['a class', complaint({ type: 'class.changed' }), 'event.type-unknown'],
    ['a member of every object', complaint({ type: 'toString' }), 'event.type-unknown'],
    ['too much', complaint({ data: { number: 'n', issue: 'i', more: 'x'.repeat(256 * 1024) } }), 'event.too-large'],
    ['no subject', cloudEvent('penalty.settled', { subject: undefined }), 'subject.missing'],
    ['no subject and no respondent', complaint({ subject: undefined }), 'subject.missing'],
    ['a short subject', complaint({ subject: '91140105' }), 'subject.malformed'],
    ['a number for a subject', complaint({ subject: 911 }), 'subject.malformed'],
    [
      'a subject where none belongs',
      cloudEvent('restriction.imposed', { subject: '91140105MA0K2914XG' }),
      'subject.malformed',
    ],
    ['a typing error', complaint({ subject: '91140105MA0K2914XH' }), 'subject.check-character'],
    ['no region', complaint({ region: undefined }), 'region.unknown'],
    ['a city', complaint({ region: '140100' }), 'region.unknown'],
    ['a divided county', complaint({ region: '140211' }), 'region.unknown'],
    ['a strange industry', complaint({ industry: '9999' }), 'industry.unknown'],
    ['the wrong section', complaint({ industry: 'C6210' }), 'industry.unknown'],
    ['no time', complaint({ time: undefined }), 'time.malformed'],
    ['half a time', complaint({ time: '2026-11-23' }), 'time.malformed'],
    ['the future', complaint({ time: '2026-11-23T08:05:01+08:00' }), 'time.future'],
    ['the past', complaint({ time: '1949-09-30T23:59:59+08:00' }), 'time.ancient'],
    ['no issue', complaint({ data: { number: 'n' } }), 'data.invalid'],
    [
      'a respondent without name',
      complaint({ subject: undefined, data: { number: 'n', issue: 'i', respondent: {} } }),
      'data.invalid',
    ],
  ])('%s', async (_, event, code) => expect(await codeOf(event)).toBe(code))

  it.each([
    ['at the limit of the future', { time: '2026-11-23T08:05:00+08:00' }],
    ['of the first day', { time: '1949-10-01T00:00:00+08:00' }],
    ['without a zone', { time: '2026-11-23T08:00:00' }],
    ['with a section letter', { industry: 'H6210' }],
    ['with members unset', { industry: null, retracts: null }],
  ])('are taken %s', async (_, more) => {
    expect(await setting.send(complaint(more))).toMatchObject({ accepted: 1 })
  })

  it('keeps the code as sent when the county has a successor', async () => {
    await setting.send(complaint({ region: '140726', industry: 'H6210' }))
    expect(setting.logged()).toMatchObject([{ region: '140703', regionOriginal: '140726', industry: '6210' }])
  })

  it('names the member that does not fit, and not its value', async () => {
    const data = { number: 'n', issue: 'i', complainant: { name: '王小明', phone: 13800138000 } }
    const error = await refusal(setting.send(complaint({ data })))
    expect(error.message).toContain('data.complainant.phone')
    expect(error.message).not.toContain('1380013')
    const list = await refusal(setting.send(cloudEvent('complaint.closed', { data: { number: 'n', outcome: 'lost' } })))
    expect(list.message).toBe('data.outcome must be one of: settled, refused, failed, withdrawn.')
    const changes = [{ field: 'capital', before: 1, after: -1 }]
    const changed = await refusal(setting.send(cloudEvent('enterprise.changed', { data: { changes } })))
    expect(changed.message).toContain('data.changes.0.after')
  })

  it('drops members that the type does not know, and counts them', async () => {
    const data = {
      number: 'n',
      issue: 'i',
      secret: 1,
      complainant: { name: '王小明' },
      respondent: { name: '店', owner: 'x' },
    }
    await setting.send(complaint({ data }))
    expect(setting.logged()[0]?.data).toEqual({
      number: 'n',
      issue: 'i',
      complainant: { name: '王**', key: expect.stringMatching(/^p1[0-9a-f]{32}$/), strength: 'weak' },
      respondent: { name: '店' },
    })
    const drops = await setting.metrics.dropsTotal.get()
    expect(drops.values).toMatchObject([{ labels: { step: 'ingest', reason: 'unknown-member' }, value: 2 }])
  })

  it('is not touched by members named like those of every object', async () => {
    const text = JSON.stringify(complaint()).replace('"issue"', '"__proto__":{"injury":true},"constructor":1,"issue"')
    const answer = await setting.door.accept(request('application/cloudevents+json', text))
    expect(answer.accepted).toBe(1)
    expect(setting.logged()[0]?.data).not.toHaveProperty('injury')
    expect(Object.keys(setting.logged()[0]?.data ?? {})).not.toContain('__proto__')
    expect(({} as Record<string, unknown>).injury).toBeUndefined()
  })

  it('replaces halves of characters', async () => {
    const text = JSON.stringify(complaint({ data: { number: 'n\ud800', issue: 'i', text: '\udc00x' } }))
    await setting.door.accept(request('application/cloudevents+json', text))
    expect(setting.logged()[0]?.data).toEqual({ number: 'n\uFFFD', issue: 'i', text: '\uFFFDx' })
  })

  it('fits the largest event with its keys into a message', async () => {
    const holders = Array.from({ length: 1_000 }, (_, n) => ({
      holder: { idNumber: `140105198001${String(10_000 + n)}X`.slice(0, 18) },
      ratio: 0.001,
    }))
    const changes = Array.from({ length: 4 }, () => ({ field: 'shareholders', before: holders, after: holders }))
    const error = await refusal(setting.send(cloudEvent('enterprise.changed', { data: { changes } })))
    expect(error.code).toBe('event.too-large')
    expect(
      await setting.send(cloudEvent('enterprise.changed', { data: { changes: changes.slice(0, 1) } })),
    ).toMatchObject({ accepted: 1 })
  })
})

describe('rights', () => {
  const own = {
    ...ALL_RIGHTS,
    sources: ['/sx/test'],
    types: ['complaint.*'],
    areas: ['140100'],
    backfill: false,
    retracts: false,
  }

  it.each<[string, Record<string, unknown>, boolean]>([
    ['its own', {}, true],
    ['below its prefix', { source: '/sx/test/a' }, true],
    ['beside its prefix', { source: '/sx/tests' }, false],
    ['another city', { region: '140212' }, false],
    ['backfill', { backfill: true }, false],
    ['a replacement', { retracts: 'event-0' }, false],
  ])('%s: %o', async (_, more, allowed) => {
    const sent = request('application/cloudevents+json', JSON.stringify(complaint(more)), { rights: own })
    if (allowed) expect(await setting.door.accept(sent)).toMatchObject({ accepted: 1 })
    else expect((await refusal(setting.door.accept(sent))).code).toBe('source.forbidden')
  })

  it('another type', async () => {
    const sent = request('application/cloudevents+json', JSON.stringify(cloudEvent('tax.reported')), { rights: own })
    expect((await refusal(setting.door.accept(sent))).code).toBe('source.forbidden')
  })
})

describe('repetition', () => {
  it('has no effect, whatever the order of members', async () => {
    const event = complaint()
    await setting.send(event)
    const turned = Object.fromEntries(Object.entries(event).reverse())
    expect(await setting.send(event, turned)).toEqual({ accepted: 0, duplicates: 2, rejected: [], reused: [] })
    expect(setting.logged()).toHaveLength(1)
  })

  it('is named by its place when the request asks which were duplicates', async () => {
    const [one, two, three] = ['one', 'two', 'three'].map((id) => cloudEvent('complaint.filed', { id }))
    await setting.send(two)
    const changed = { ...two, time: '2026-11-22T07:30:00+08:00' }
    const lines = [one, two, { id: 1 }, one, changed, three].map((event) => JSON.stringify(event)).join('\n')
    const asked = request('application/x-ndjson', lines, { listsDuplicates: true })
    expect(await setting.door.accept(asked)).toMatchObject({ accepted: 2, duplicates: 3, known: [1, 3, 4] })
  })

  it('with other content is reused: the first stays, the other goes to quarantine', async () => {
    const event = complaint({ id: 'twice' })
    const other = { ...event, region: '140106' }
    expect(await setting.send(event, other)).toEqual({
      accepted: 1,
      duplicates: 1,
      rejected: [],
      reused: [{ index: 1, id: 'twice' }],
    })
    expect(setting.logged()).toMatchObject([{ region: '140105' }])
    const [entry] = setting.quarantine.entries
    expect(entry).toMatchObject({ code: 'event.id-reused', id: 'twice', source: '/sx/test' })
    expect(JSON.parse(createSeal(PERSON_KEY).open(entry?.payload ?? ''))).toEqual(other)
  })

  it('of duplicates alone is no error, with a refusal beside it neither', async () => {
    const event = complaint()
    await setting.send(event)
    expect(await setting.send(event, 7)).toMatchObject({ accepted: 0, duplicates: 1, rejected: [{ index: 1 }] })
  })
})

describe('answers', () => {
  it('say 503 while the log is away, and nothing is lost by sending again', async () => {
    setting.log.fail('full')
    const events = [complaint(), 7]
    const error = await refusal(setting.send(...events))
    expect(error.code).toBe('log.full')
    expect(setting.quarantine.entries).toEqual([])
    expect(await setting.send(...events)).toMatchObject({ accepted: 1, rejected: [{ index: 1 }] })
  })

  it('put nothing into quarantine twice when it failed half way through them', async () => {
    const events = [complaint(), 7, 7, complaint({ id: 'far', region: '999999' })]
    setting.quarantine.room = 1
    expect((await refusal(setting.send(...events))).code).toBe('log.unavailable')
    expect((await refusal(setting.send(...events))).code).toBe('log.unavailable')
    setting.quarantine.room = Number.POSITIVE_INFINITY
    const { rejected } = await setting.send(...events)
    const kept = () => setting.quarantine.entries.map(({ code }) => code).sort()
    expect(kept()).toEqual(rejected.map(({ code }) => code).sort())
    // Once answered, the same again is another request.
    await setting.send(...events)
    expect(kept()).toHaveLength(2 * rejected.length)
  })

  it('say so while the log cannot be reached', async () => {
    setting.log.fail('lost')
    expect((await refusal(setting.send(complaint()))).code).toBe('log.unavailable')
  })

  it('say so while the clock is in doubt', async () => {
    setting.clock.time -= 6 * 60_000
    expect((await refusal(setting.send(complaint({ time: '2026-11-23T07:00:00+08:00' })))).code).toBe('clock.doubtful')
  })

  it('say so while history is away and an id may be old', async () => {
    const event = complaint()
    await setting.send(event)
    setting.clock.time += 20 * 24 * 3_600_000
    for (let message = 0; message < ID_SHARDS; message += 1) await setting.send(complaint())
    setting.history.away = true
    expect((await refusal(setting.send(event))).code).toBe('store.unavailable')
    expect(await setting.send(complaint())).toMatchObject({ accepted: 1 })
  })

  it('are counted', async () => {
    const event = complaint()
    await setting.send(event, event, 7)
    expect((await setting.metrics.eventsTotal.get()).values).toMatchObject([
      { labels: { type: 'complaint.filed', outcome: 'stored' }, value: 1 },
      { labels: { type: 'complaint.filed', outcome: 'duplicate' }, value: 1 },
    ])
    expect((await setting.metrics.eventsRejectedTotal.get()).values).toMatchObject([
      { labels: { code: 'event.malformed' }, value: 1 },
    ])
  })
})
