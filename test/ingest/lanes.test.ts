import { gzipSync } from 'node:zlib'
import { afterEach, describe, expect, it } from 'vitest'
import { INGEST_LIMITS } from '../../src/ingest/limits.ts'
import { BATCH_REST_MS, createTurns } from '../../src/ingest/turns.ts'
import { createBatchGate } from '../../src/ingest/writer/batch-gate.ts'
import { YujingError } from '../../src/model/errors.ts'
import type { Lane } from '../../src/model/lane.ts'
import { decodeBatch } from '../../src/model/row.ts'
import { canonical, cloudEvent, createSetting, request, type Setting } from './setting.ts'

const OPEN = { eventsPerSecond: Number.POSITIVE_INFINITY, mostBehind: 0, lookMs: 1 }
const running: Setting[] = []

/** A writer whose log stands still until `open`, so that calls wait. */
async function held(...options: Parameters<typeof createSetting>) {
  const setting = createSetting({ batchLimits: OPEN, ...options[0] }, options[1])
  await setting.writer.start()
  running.push(setting)
  let open = (): void => {}
  setting.log.gate = new Promise((resolve) => {
    open = resolve
  })
  return { ...setting, open }
}

afterEach(async () => {
  for (const { writer } of running.splice(0)) await writer.stop()
})

const many = (count: number, prefix: string) =>
  Array.from({ length: count }, (_, number) => canonical({ id: `${prefix}-${number}` }))
const code = (pending: Promise<unknown>) =>
  pending.then(
    () => 'done',
    (error: unknown) => (error instanceof YujingError ? error.code : String(error)),
  )
const messages = (setting: Setting) =>
  setting.log.messages
    .filter(({ kind }) => kind === 'rows')
    .map(({ payload }) => decodeBatch(payload).map(({ id }) => id))

describe('the batch lane of the writer', () => {
  it('waits while a live call waits, however long it has been there', async () => {
    const setting = await held()
    const { writer } = setting
    const first = writer.append(many(1, 'first'))
    await new Promise((resolve) => setTimeout(resolve, 5))
    const batch = writer.append(many(2_500, 'batch'), 'batch')
    const live = [writer.append(many(1, 'live')), writer.append(many(2, 'more'))]
    setting.open()
    await Promise.all([first, batch, ...live])
    const order = messages(setting).flat()
    expect(order.indexOf('more-1')).toBeLessThan(order.indexOf('batch-0'))
    expect(order).toHaveLength(2_504)
  })

  it('lets a live call go along with the message it is making up', async () => {
    const setting = await held()
    setting.open()
    const batch = setting.writer.append(many(4_000, 'batch'), 'batch')
    // Calls come while the message of the batch lane is being made up and while it is on its way.
    const live: Promise<unknown>[] = []
    let done = false
    const answered = batch.then(() => {
      done = true
    })
    for (let number = 0; !done; number += 1) {
      live.push(setting.writer.append(many(1, `live-${number}`)))
      await Promise.race([live.at(-1), answered])
    }
    await Promise.all(live)
    const rows = messages(setting)
    expect(new Set(rows.flat()).size).toBe(4_000 + live.length)
    // Not one message of a thousand batch rows went before a live event that waited.
    const mixed = rows.filter(
      (ids) => ids.some((id) => id.startsWith('live')) && ids.some((id) => id.startsWith('batch')),
    )
    expect(mixed.length).toBeGreaterThan(0)
    for (const ids of mixed) expect(ids.findLastIndex((id) => id.startsWith('batch'))).toBeLessThan(ids.length - 1)
  })

  it('waits until detection has caught up', async () => {
    let judged = 0
    const setting = await held({ behind: (seq) => seq - judged, batchLimits: { ...OPEN, mostBehind: 2 } })
    setting.open()
    await setting.writer.append(many(1, 'a'))
    await setting.writer.append(many(1, 'b'))
    const batch = setting.writer.append(many(1, 'batch'), 'batch')
    await setting.writer.append(many(1, 'c'))
    expect(messages(setting).flat()).toEqual(['a-0', 'b-0', 'c-0'])
    judged = 4
    await batch
    expect(messages(setting).flat()).toContain('batch-0')
  })

  it('is refused at a stop, while live calls are answered; nothing that was answered is missing', async () => {
    const setting = await held({ behind: () => 100 })
    const { writer } = setting
    const first = writer.append(many(1, 'first'))
    const batch = code(writer.append(many(3, 'batch'), 'batch'))
    const live = writer.append(many(1, 'live'))
    await new Promise((resolve) => setImmediate(resolve))
    const stopped = writer.stop()
    setting.open()
    expect(await batch).toBe('log.unavailable')
    await Promise.all([first, live, stopped])
    expect(messages(setting).flat()).toEqual(['first-0', 'live-0'])
    expect(writer.snapshotSeq()).toBe(setting.log.messages.length)
  })

  it.each(['lost', 'answer-lost', 'full', 'late'] as const)(
    '%s: fails as the live lane does, and is stored once',
    async (fault) => {
      const setting = await held()
      setting.open()
      setting.log.fail(fault)
      const events = many(700, 'batch')
      expect(await code(setting.writer.append(events, 'batch'))).toBe(fault === 'full' ? 'log.full' : 'log.unavailable')
      expect(await setting.writer.append(events, 'batch')).toHaveLength(700)
      expect(messages(setting).flat()).toEqual(events.map(({ id }) => id))
    },
  )
})

describe('the gate', () => {
  it('keeps the rate, and does not save up what was not used', () => {
    let now = 1_000_000
    const limits = { eventsPerSecond: 1_000, mostBehind: 5, lookMs: 7 }
    const gate = createBatchGate({ limits, behind: () => 0, monotonic: () => now })
    expect(gate.waitMs()).toBe(0)
    gate.passed(500)
    expect(gate.waitMs()).toBe(500)
    now += 499.5
    expect(gate.waitMs()).toBe(1)
    now += 60_000
    gate.passed(1_000)
    expect(gate.waitMs()).toBe(1_000)
  })

  it('is closed while more messages than allowed are not judged', () => {
    let behind = 5
    const limits = { eventsPerSecond: 1_000, mostBehind: 5, lookMs: 7 }
    const gate = createBatchGate({ limits, behind: () => behind, monotonic: () => 0 })
    expect(gate.waitMs()).toBe(0)
    behind = 6
    expect(gate.waitMs()).toBe(7)
  })
})

describe('turns', () => {
  it('go to live requests first, and round among those of a lane', async () => {
    const turns = createTurns()
    const order: string[] = []
    async function work(name: string, lane: Lane, stretches: number): Promise<void> {
      for (let stretch = 0; stretch < stretches; stretch += 1) {
        await turns.next(lane)
        order.push(name)
      }
    }
    await Promise.all([work('import', 'batch', 3), work('backfill', 'batch', 2), work('live', 'live', 2)])
    expect(order).toEqual(['live', 'live', 'import', 'backfill', 'import', 'backfill', 'import'])
  })

  it('are rare for the batch lane while a live request is under way, and as they were after it', async () => {
    let now = 0
    const turns = createTurns(() => now)
    const end = turns.begin()
    await turns.next('batch')
    let granted = false
    const second = turns.next('batch').then(() => {
      granted = true
    })
    for (let round = 0; round < 20; round += 1) await new Promise((resolve) => setImmediate(resolve))
    expect(granted).toBe(false)
    now += BATCH_REST_MS
    await second
    const third = turns.next('batch')
    end()
    end()
    await third
    await turns.next('batch')
  })

  it('leave the thread to others between two', async () => {
    const turns = createTurns()
    const others: number[] = []
    for (let stretch = 0; stretch < 5; stretch += 1) {
      setImmediate(() => others.push(stretch))
      await turns.next('batch')
      expect(others.length).toBeGreaterThanOrEqual(stretch)
    }
  })
})

describe('the door', () => {
  const lines = (events: readonly unknown[]) => events.map((event) => JSON.stringify(event)).join('\n')
  const complaints = (count: number, more: object = {}) =>
    Array.from({ length: count }, () => cloudEvent('complaint.filed', { ...more }))
  const long = () => complaints(3_000, { data: { number: 'n', issue: 'i', text: '长'.repeat(150) } })

  /** The lanes of the portions that a request is appended in. */
  async function lanesOf(sent: Parameters<Setting['door']['accept']>[0]): Promise<Set<Lane | undefined>> {
    const lanes = new Set<Lane | undefined>()
    const setting = createSetting()
    const door = createSetting(
      {},
      {
        writer: {
          append(events, lane) {
            lanes.add(lane)
            return setting.port.append(events, lane)
          },
        },
      },
    ).door
    await setting.writer.start()
    running.push(setting)
    await door.accept(sent)
    return lanes
  }

  it.each([
    ['short', request('application/x-ndjson', lines(complaints(300))), ['live']],
    ['asking for it', request('application/x-ndjson', lines(complaints(3)), { lane: 'batch' }), ['batch']],
    ['long', request('application/x-ndjson', lines(long())), ['batch']],
    [
      'long when unpacked',
      request('application/x-ndjson', gzipSync(lines(long())), { contentEncoding: 'gzip' }),
      ['batch'],
    ],
    [
      'longer than its last part says',
      request('application/x-ndjson', Buffer.concat([gzipSync(`${lines(long())}\n`), gzipSync(lines(complaints(1)))]), {
        contentEncoding: 'gzip',
      }),
      ['batch'],
    ],
    ['backfill', request('application/x-ndjson', lines(complaints(3, { backfill: true }))), ['batch']],
    [
      'backfill behind live events',
      request('application/x-ndjson', lines([...complaints(500), ...complaints(3, { backfill: true })])),
      ['live', 'batch'],
    ],
  ] as const)('sends a request that is %s to its lane', async (_, sent, lanes) => {
    expect([...(await lanesOf(sent))]).toEqual(lanes)
  })

  it('answers live requests while long ones are on their way', async () => {
    const setting = createSetting({ batchLimits: OPEN })
    await setting.writer.start()
    running.push(setting)
    const order: string[] = []
    const batch = [1, 2].map(async (number) => {
      const answer = await setting.door.accept(request('application/x-ndjson', lines(long())))
      expect(answer.accepted).toBe(3_000)
      order.push(`batch ${number}`)
    })
    for (let number = 0; number < 5; number += 1) {
      expect((await setting.send(...complaints(1))).accepted).toBe(1)
      order.push(`live ${number}`)
    }
    await Promise.all(batch)
    expect(order.slice(0, 5)).toEqual(['live 0', 'live 1', 'live 2', 'live 3', 'live 4'])
  })

  it('cuts long requests off at a stop and still takes live ones; sent again nothing is lost or doubled', async () => {
    const setting = createSetting({ batchLimits: OPEN })
    await setting.writer.start()
    running.push(setting)
    const body = lines(long())
    const cut = code(setting.door.accept(request('application/x-ndjson', body)))
    await expect.poll(() => setting.logged().length).toBeGreaterThan(0)
    setting.door.stop()
    expect(await cut).toBe('log.unavailable')
    const taken = setting.logged().length
    expect(taken).toBeLessThan(3_000)
    expect((await setting.send(...complaints(2))).accepted).toBe(2)
    const again = createSetting({}, { writer: setting.port }).door
    const answer = await again.accept(request('application/x-ndjson', body))
    expect(answer).toMatchObject({ accepted: 3_000 - taken, duplicates: taken })
  })

  it('holds the bodies of the batch lane apart from the live ones', async () => {
    const setting = createSetting(
      { batchLimits: OPEN, behind: () => 100 },
      { limits: { ...INGEST_LIMITS, workingBytes: { live: 4_096, batch: 4_096 } } },
    )
    await setting.writer.start()
    running.push(setting)
    // Both wait for good: the one for detection, the other for the room that the first holds.
    const waiting = [1, 2].map(() => code(setting.door.accept(request('application/x-ndjson', lines(long())))))
    expect((await setting.send(...complaints(1))).accepted).toBe(1)
    setting.door.stop()
    await setting.writer.stop()
    expect(await Promise.all(waiting)).toEqual(['log.unavailable', 'log.unavailable'])
  })
})
