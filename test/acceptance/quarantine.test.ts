import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connectLog } from '../../src/log/connection.ts'
import type { AuditRecord } from '../../src/model/audit.ts'
import { silentLogger } from '../../src/telemetry/logger.ts'
import { take } from '../log/log-world.ts'
import { type Service, startService } from '../support/service.ts'

const SECRET = '王小明'
const COMPLAINT = {
  specversion: '1.0',
  id: 'Q-1',
  source: '/sx/12315',
  type: 'complaint.filed',
  subject: '91140105MA0K2914XG',
  time: '2026-11-20T08:00:00+08:00',
  region: '140105',
  data: { number: 'Q-1', issue: '退费', complainant: { name: SECRET, phone: '13835112345' } },
}
const REASON = { reason: '12315 来电核对，原件 13835112345' }

let service: Service
const lines: string[] = []
beforeAll(async () => {
  service = await startService({ env: { YUJING_LOG_LEVEL: 'debug' }, onLine: (line) => lines.push(line) })
})
afterAll(() => service?.stop())

const post = (path: string, body: unknown) =>
  service.request(path, {
    method: 'POST',
    headers: { authorization: `Bearer ${service.adminKey}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
const send = (...events: object[]) =>
  service.request('/v1/events', {
    method: 'POST',
    headers: { authorization: `Bearer ${service.adminKey}`, 'content-type': 'application/cloudevents-batch+json' },
    body: JSON.stringify(events),
  })
interface Entry {
  readonly seq: number
  readonly code: string
  readonly id: string
  readonly state: string
}
async function entries(query = ''): Promise<Entry[]> {
  const answer = await service.request(`/v1/quarantine/entries?${query}`)
  expect(answer.status).toBe(200)
  return ((await answer.json()) as { items: Entry[] }).items
}
const handle = (entry: Entry, verb: string, body: unknown) => post(`/v1/quarantine/entries/${entry.seq}/${verb}`, body)

test('a refused event is looked at with a reason, corrected and sent again, or discarded; all of it is audited', async () => {
  const wrong = { ...COMPLAINT, subject: '91140105MA0K2914XH' }
  await send(wrong, { ...COMPLAINT, id: 'Q-2', region: '999999' }, { ...COMPLAINT, id: 'Q-3', time: 'yesterday' })
  const all = await entries('state=waiting')
  expect(all.map(({ id, code }) => [id, code])).toEqual([
    ['Q-3', 'time.malformed'],
    ['Q-2', 'region.unknown'],
    ['Q-1', 'subject.check-character'],
  ])
  expect((await entries('code=region.unknown&source=/sx')).map(({ id }) => id)).toEqual(['Q-2'])
  expect(await entries('source=/other')).toEqual([])
  const [third, second, first] = all as [Entry, Entry, Entry]

  expect((await handle(first, 'open', {})).status).toBe(400)
  const opened = (await (await handle(first, 'open', REASON)).json()) as { payload: string; encoding: string }
  expect(JSON.parse(opened.payload)).toEqual(wrong)

  // Refused again: the reason comes back, the entry waits on, and there is no second one.
  const again = await handle(first, 'resubmit', { ...REASON, event: { ...wrong, subject: 'x' } })
  expect([again.status, ((await again.json()) as { error: object }).error]).toMatchObject([
    400,
    { code: 'subject.malformed' },
  ])
  expect(await entries('state=waiting')).toHaveLength(3)

  const taken = await handle(first, 'resubmit', { ...REASON, event: COMPLAINT })
  expect(await taken.json()).toMatchObject({ entry: { state: 'resubmitted' }, answer: { accepted: 1, duplicates: 0 } })
  expect((await handle(first, 'resubmit', { ...REASON, event: COMPLAINT })).status).toBe(409)
  expect((await handle(first, 'discard', REASON)).status).toBe(409)

  // An id that is taken by other content is no correction.
  const reused = await handle(second, 'resubmit', { ...REASON, event: { ...COMPLAINT, region: '140106' } })
  expect([reused.status, ((await reused.json()) as { error: object }).error]).toMatchObject([
    400,
    { code: 'event.id-reused' },
  ])
  expect(await (await handle(third, 'discard', REASON)).json()).toMatchObject({
    state: 'discarded',
    decision: { by: 'bootstrap' },
  })
  expect((await handle({ ...third, seq: 999 }, 'open', REASON)).status).toBe(404)

  await service.restart()
  expect((await entries()).map(({ id, state }) => [id, state])).toEqual([
    ['Q-3', 'discarded'],
    ['Q-2', 'waiting'],
    ['Q-1', 'resubmitted'],
  ])
  const records = await audit(5)
  expect(records.map(({ action, object, by }) => [action, object, by])).toEqual([
    ['quarantine.open', '1', 'bootstrap'],
    ['quarantine.resubmit', '1', 'bootstrap'],
    ['quarantine.resubmit', '1', 'bootstrap'],
    ['quarantine.resubmit', '2', 'bootstrap'],
    ['quarantine.discard', '3', 'bootstrap'],
  ])
  // Neither what was sent nor what identifies people stands in audit or log.
  for (const text of [JSON.stringify(records), lines.join('\n')]) {
    expect(text).not.toContain(SECRET)
    expect(text).not.toContain('13835112345')
  }
})

async function audit(count: number): Promise<AuditRecord[]> {
  const { natsUrl, natsUser, natsPassword } = JSON.parse(
    await readFile(join(service.dataDir, 'runtime.json'), 'utf8'),
  ) as Record<string, string>
  const log = await connectLog({
    url: natsUrl ?? '',
    ...(natsUser !== undefined && { user: natsUser }),
    ...(natsPassword !== undefined && { password: natsPassword }),
    logger: silentLogger(),
    maxBytes: 1024 ** 3,
    name: 'test',
  })
  try {
    return await take(log.audit.read(1, new AbortController().signal), count)
  } finally {
    await log.close()
  }
}
