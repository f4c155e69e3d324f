import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { CloudEvent, HTTP } from 'cloudevents'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { SourceView } from '../../src/model/source.ts'
import { yujing } from '../support/command.ts'
import { connectByHand, type RawNats } from '../support/raw-nats.ts'
import { eventually, type Service, startService } from '../support/service.ts'
import { ago, complaint, creditCode } from '../support/world.ts'

let service: Service
let password: string
let id: string
let source: RawNats

interface Runtime {
  readonly natsUrl: string
}
const runtime = async () => JSON.parse(await readFile(join(service.dataDir, 'runtime.json'), 'utf8')) as Runtime

beforeAll(async () => {
  service = await startService()
  const rights = ['--source', '/sx/tax', '--types', 'tax.reported', '--areas', '140000']
  const made = await yujing('key', 'add', '--inbox', 'tax', ...rights, '--json', '--data-dir', service.dataDir)
  const { key, nats, ...info } = JSON.parse(made) as {
    id: string
    key: string
    inbox: string
    nats: { user: string; url: string; inboxPrefix: string; configuration: null }
  }
  expect(info.inbox).toBe('tax')
  expect(nats).toMatchObject({ user: 'tax', inboxPrefix: '_INBOX.tax', configuration: null })
  password = key
  id = info.id
  source = await connect()
}, 120_000)
afterAll(async () => {
  source?.close()
  await service.stop()
})

async function connect(): Promise<RawNats> {
  const connection = await connectByHand((await runtime()).natsUrl, 'tax', password)
  expect(connection.heard()).not.toContain('-ERR')
  return connection
}

/** An event as the library makes it, whose words need percent-encoding in a header. */
function taxReport(number: number, more: Record<string, unknown> = {}): CloudEvent<object> {
  return new CloudEvent({
    id: `报送 "${number}" 100% ${randomUUID()}`,
    source: '/sx/tax',
    type: 'tax.reported',
    subject: creditCode(number),
    time: ago(60_000),
    region: '140105',
    datacontenttype: 'application/json',
    data: { status: 'arrears' },
    ...more,
  })
}

const structured = (event: CloudEvent<object>) => HTTP.structured(event)
const binary = (event: CloudEvent<object>) => HTTP.binary(event)

async function view(): Promise<SourceView | undefined> {
  const { items } = (await (await service.request('/v1/sources')).json()) as { items: SourceView[] }
  return items.find(({ name }) => name === '/sx/tax')
}

async function metric(name: string): Promise<number> {
  const text = await (await service.request('/metrics')).text()
  return Number(new RegExp(`^${name} (\\S+)`, 'm').exec(text)?.[1])
}

const arrived = (count: number) => eventually(`${count} events`, async () => (await view())?.received.today === count)

/** Header values as the binding of CloudEvents to HTTP says: percent-encoded where they are no plain ASCII. */
const encoded = (headers: object) =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      name.startsWith('ce-') ? String(value).replace(/[^!#-$&-~]/gu, encodeURIComponent) : String(value),
    ]),
  )

test('what the library cloudevents makes comes through HTTP in both modes', async () => {
  for (const message of [structured(taxReport(1)), binary(taxReport(2))]) {
    const headers = encoded(message.headers)
    const answer = await service.request('/v1/events', { body: message.body as string, headers })
    expect(await answer.json()).toEqual({ accepted: 1, duplicates: 0, rejected: [], reused: [] })
  }
  await arrived(2)
})

test('an inbox takes every mode by hand, acknowledges each message, and what it took is in the log', async () => {
  source.send('SUB _INBOX.tax.ack 1\r\n')
  const one = structured(taxReport(3))
  source.publish('yujing.inbox.tax.live', encoded(one.headers), one.body as string, '_INBOX.tax.ack')
  await source.hears(/MSG _INBOX\.tax\.ack 1 +\d+\r\n\{"stream":"YUJING_INBOX", ?"seq":1\}/)
  const two = binary(taxReport(4))
  source.publish('yujing.inbox.tax.live', encoded(two.headers), two.body as string, '_INBOX.tax.ack')
  const batch = JSON.stringify([taxReport(5), taxReport(6)])
  source.publish('yujing.inbox.tax.batch', { 'Content-Type': 'application/cloudevents-batch+json' }, batch)
  // Without any header the event is meant in the JSON format.
  const bare = JSON.stringify(taxReport(7))
  source.send(`PUB yujing.inbox.tax.live ${Buffer.byteLength(bare)}\r\n${bare}\r\n`)
  await arrived(7)
  await eventually('an empty inbox', async () => (await metric('yujing_inbox_messages_total')) === 4)
})

test('what is refused goes to quarantine and does not hold up what comes behind it', async () => {
  const wrong = [
    JSON.stringify(taxReport(8, { region: '999999' })),
    JSON.stringify(taxReport(8, { source: '/sx/other' })),
    JSON.stringify(taxReport(8, { type: 'insurance.reported', data: { insured: 1 } })),
    '{"not json',
  ]
  for (const text of wrong) source.publish('yujing.inbox.tax.live', {}, text)
  source.publish('yujing.inbox.tax.live', { 'Content-Type': 'text/plain' }, 'words')
  source.publish('yujing.inbox.tax.live', {}, JSON.stringify(taxReport(9)))
  await arrived(8)
  const codes = await eventually('five refusals', async () => {
    const answer = await service.request('/v1/quarantine')
    const { items } = (await answer.json()) as { items: { code: string; count: number }[] }
    return items.reduce((sum, { count }) => sum + count, 0) === 5 && new Map(items.map((one) => [one.code, one.count]))
  })
  expect(Object.fromEntries(codes)).toEqual({
    'region.unknown': 1,
    'source.forbidden': 2,
    'body.malformed': 1,
    'body.media-type': 1,
  })
  await eventually('an empty inbox', async () => (await metric('yujing_inbox_waiting')) === 0)
})

test('the user of an inbox may publish there and hear its own acknowledgements, nothing else', async () => {
  for (const subject of ['yujing.inbox.other.live', 'yujing.events.rows', '$JS.API.STREAM.INFO.YUJING_EVENTS']) {
    source.send(`PUB ${subject} 2\r\n{}\r\n`)
    await source.hears(new RegExp(`-ERR 'Permissions Violation for Publish to "${subject.replaceAll('$', '\\$')}"`))
  }
  for (const subject of ['>', '_INBOX.>', 'yujing.>']) {
    source.send(`SUB ${subject} 9\r\n`)
    await source.hears(new RegExp(`-ERR 'Permissions Violation for Subscription to "${subject}"`))
  }
})

/** What a reader of exported events gets from one of its consumers: subjects of enterprises, by the id of the message. */
async function fetched(reader: RawNats, consumer: string): Promise<Map<string, string>> {
  const asked = '{"batch":500,"no_wait":true}'
  const next = `$JS.API.CONSUMER.MSG.NEXT.YUJING_EXPORT.${consumer}`
  const before = reader.heard().length
  reader.send(`PUB ${next} _INBOX.partner.${consumer} ${asked.length}\r\n${asked}\r\n`)
  await eventually('the end of what there is', async () => /NATS\/1\.0 (404|408)/.test(reader.heard().slice(before)))
  const found = new Map<string, string>()
  const messages =
    /HMSG yujing\.export\.\S+ 2 (\$JS\.ACK\S+) [\s\S]*?Nats-Msg-Id: (\S+)\r\n[\s\S]*?\r\n\r\n(\{.*\})\r\n/g
  for (const [, ack = '', id = '', body = ''] of reader.heard().slice(before).matchAll(messages)) {
    found.set(id, (JSON.parse(body) as { subject: string }).subject)
    reader.send(`PUB ${ack} 4\r\n+ACK\r\n`)
  }
  return found
}

async function reading(key: string): Promise<RawNats> {
  const reader = await connectByHand((await runtime()).natsUrl, 'partner', key)
  reader.send('SUB _INBOX.partner.> 2\r\n')
  return reader
}

let readerKey: string
let readerId: string
test('a reader hears what the log takes of its types, and nobody is in it', async () => {
  const types = ['--types', 'complaint.*,tax.reported']
  const made = await yujing('key', 'add', '--export', 'partner', ...types, '--json', '--data-dir', service.dataDir)
  const { key, id: madeId, nats } = JSON.parse(made) as { id: string; key: string; nats: { consumers: string[] } }
  readerKey = key
  readerId = madeId
  expect(nats.consumers).toEqual(['export-partner-complaint_any', 'export-partner-tax_reported'])
  const reader = await reading(key)
  reader.send('SUB yujing.export.complaint.* 1\r\n')
  await eventually('the export at work', async () => {
    const sent = complaint(creditCode(40), { time: ago(60_000), phone: '13900001111' })
    const event = { ...sent, data: { ...sent.data, text: '店主孙悟空不退款' } }
    const headers = { 'content-type': 'application/cloudevents+json' }
    expect((await service.request('/v1/events', { body: JSON.stringify(event), headers })).status).toBe(202)
    return /HMSG yujing\.export\.complaint\.filed 1 /.test(reader.heard())
  })
  const [, body = ''] = await reader.hears(/HMSG yujing\.export\.complaint\.filed 1 [\s\S]*?\r\n\r\n(\{.*\})\r\n/)
  expect(JSON.parse(body)).toMatchObject({ specversion: '1.0', type: 'complaint.filed', subject: creditCode(40) })
  for (const words of ['张', '139', '孙悟空', 'p1', 'complainant']) expect(body).not.toContain(words)
  for (const subject of ['yujing.export.>', 'yujing.export.penalty.*', '_INBOX.>', 'yujing.events.>']) {
    reader.send(`SUB ${subject} 9\r\n`)
    await reader.hears(new RegExp(`-ERR 'Permissions Violation for Subscription to "${subject.replace('*', '\\*')}"`))
  }
  for (const subject of [
    'yujing.export.complaint.filed',
    'yujing.inbox.tax.live',
    '$JS.API.STREAM.INFO.YUJING_EXPORT',
    '$JS.API.CONSUMER.CREATE.YUJING_EXPORT',
    '$JS.API.CONSUMER.MSG.NEXT.YUJING_EXPORT.export-other',
  ]) {
    reader.send(`PUB ${subject} 2\r\n{}\r\n`)
    await reader.hears(new RegExp(`-ERR 'Permissions Violation for Publish to "${subject.replaceAll('$', '\\$')}"`))
  }
  reader.close()
})

test('after a restart of the service its source comes back by itself, with nothing lost', {
  timeout: 180_000,
}, async () => {
  source.close()
  await service.kill()
  await service.start()
  source = await connect()
  source.publish('yujing.inbox.tax.live', {}, JSON.stringify(taxReport(10)))
  for (const number of [3, 4, 5, 6, 7, 9, 10]) {
    await eventually(`the report of ${number} in history`, async () => {
      const { status } = await service.request(`/v1/enterprises/${creditCode(number)}`)
      return status === 200
    })
  }
  // The reader was away all the time, and the service died meanwhile: its consumer has what came, each once.
  const reader = await reading(readerKey)
  const missed = new Map<string, string>()
  await eventually('what the reader missed', async () => {
    for (const [at, subject] of await fetched(reader, 'export-partner-tax_reported')) {
      expect(missed.has(at)).toBe(false)
      missed.set(at, subject)
    }
    return missed.size > 0
  })
  expect([...missed.values()]).toEqual([creditCode(10)])
  const complaints = [...(await fetched(reader, 'export-partner-complaint_any')).values()]
  expect(complaints.length).toBeGreaterThan(0)
  expect(new Set(complaints)).toEqual(new Set([creditCode(40)]))
  expect((await fetched(reader, 'export-partner-complaint_any')).size).toBe(0)
  reader.close()
})

test('a revoked key is cut off while the server runs on', {
  timeout: 180_000,
}, async () => {
  expect(await yujing('key', 'list', '--data-dir', service.dataDir)).toMatch(/inbox tax/)
  const before = await metric('process_start_time_seconds')
  const reader = await reading(readerKey)
  await yujing('key', 'revoke', readerId, '--data-dir', service.dataDir)
  await eventually('the end of the reader', async () => reader.isClosed())
  await yujing('key', 'revoke', id, '--data-dir', service.dataDir)
  await eventually('the end of the connection', async () => source.isClosed())
  const again = await connectByHand((await runtime()).natsUrl, 'tax', password)
  expect(again.heard()).toContain("-ERR 'Authorization Violation'")
  again.close()
  expect(await metric('process_start_time_seconds')).toBe(before)
  expect((await service.request('/readyz')).status).toBe(200)
})
