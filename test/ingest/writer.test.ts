import { afterEach, describe, expect, it, vi } from 'vitest'
import { ID_SHARDS } from '../../src/ingest/writer/id-index.ts'
import { identityOf } from '../../src/ingest/writer/identity.ts'
import { MessageMaker } from '../../src/ingest/writer/message-maker.ts'
import { decodeSnapshot, takeSnapshot } from '../../src/ingest/writer/snapshot.ts'
import { createWriter } from '../../src/ingest/writer/writer.ts'
import { emptyState } from '../../src/ingest/writer/writer-state.ts'
import type { ControlEntry } from '../../src/model/control.ts'
import { YujingError } from '../../src/model/errors.ts'
import { decodeBatch, MAX_MESSAGE_BYTES, MAX_ROWS } from '../../src/model/row.ts'
import { DAY_MS } from '../../src/model/time.ts'
import { silentLogger } from '../../src/telemetry/logger.ts'
import { createMetrics } from '../../src/telemetry/metrics.ts'
import { MemoryLog } from '../support/memory-log.ts'
import { MemoryHistory, MemorySnapshots } from '../support/memory-stores.ts'
import { byHand, canonical, createSetting, NOW, pressed, type Setting, type TestWriter } from './setting.ts'

const running: TestWriter[] = []

async function started(...options: Parameters<typeof createSetting>): Promise<Setting> {
  const setting = createSetting(...options)
  await setting.writer.start()
  running.push(setting.writer)
  return setting
}

/** Another writer over the same log, as after a restart. */
async function successor(
  setting: Setting,
  more: Partial<Parameters<typeof createWriter>[0]> = {},
): Promise<TestWriter> {
  const { snapshots, history, clock } = setting
  const writer = byHand(
    createWriter({
      log: setting.log.connect(),
      snapshots,
      history,
      clock: clock.guarded,
      logger: silentLogger(),
      metrics: createMetrics(),
      instance: 'next',
      gatherMs: 0,
      ...more,
    }),
  )
  await writer.start()
  running.push(writer)
  return writer
}

afterEach(async () => {
  for (const writer of running.splice(0)) await writer.stop()
})

const code = (pending: Promise<unknown>) =>
  pending.then(
    () => 'done',
    (error: unknown) => (error instanceof YujingError ? error.code : String(error)),
  )
const kinds = (outcomes: readonly { kind: string }[]) => outcomes.map(({ kind }) => kind)
const controls = (setting: Setting): ControlEntry[] =>
  setting.log.messages
    .filter(({ kind }) => kind === 'control')
    .map(({ payload }) => JSON.parse(new TextDecoder().decode(payload)) as ControlEntry)

describe('the writer', () => {
  it('begins with its own entry and gives positions from there', async () => {
    const setting = await started()
    const [one, two] = await setting.writer.append([canonical(), canonical()])
    expect(controls(setting)).toMatchObject([{ type: 'yujing.writer', seq: 1, at: NOW, epoch: setting.log.epoch }])
    const epoch = setting.log.epoch
    expect(one).toEqual({ kind: 'stored', position: { epoch, seq: 2, index: 0 } })
    expect(two).toEqual({ kind: 'stored', position: { epoch, seq: 2, index: 1 } })
    expect(setting.logged()).toMatchObject([
      { receivedAt: NOW, position: { seq: 2, index: 0 } },
      { position: { seq: 2, index: 1 } },
    ])
  })

  it('knows an event that comes twice: in one call, in calls at once, and later', async () => {
    const { writer, logged } = await started()
    const event = canonical()
    expect(kinds(await writer.append([event, event, { ...event, region: '140106' }]))).toEqual([
      'stored',
      'duplicate',
      'reused',
    ])
    const other = canonical()
    const answers = await Promise.all([writer.append([other]), writer.append([other]), writer.append([other])])
    expect(answers.flatMap(kinds)).toEqual(['stored', 'duplicate', 'duplicate'])
    expect(kinds(await writer.append([event]))).toEqual(['duplicate'])
    expect(logged()).toHaveLength(2)
  })

  it('gathers calls into one message, and what comes meanwhile into the next', async () => {
    const setting = await started({ gatherMs: 2 })
    await Promise.all(Array.from({ length: 50 }, () => setting.writer.append([canonical()])))
    expect(setting.log.messages.map(({ count }) => count)).toEqual([1, 50])
    let open = (): void => {}
    setting.log.gate = new Promise((resolve) => {
      open = resolve
    })
    const first = setting.writer.append([canonical()])
    await expect.poll(() => setting.log.messages).toHaveLength(2)
    await new Promise((resolve) => setTimeout(resolve, 10))
    const rest = Array.from({ length: 20 }, () => setting.writer.append([canonical()]))
    open()
    await Promise.all([first, ...rest])
    expect(setting.log.messages.map(({ count }) => count)).toEqual([1, 50, 1, 20])
  })

  it('splits by rows and by bytes, and answers once all of it is there', async () => {
    const setting = await started()
    const many = Array.from({ length: 2_500 }, () => canonical())
    expect(await setting.writer.append(many)).toHaveLength(2_500)
    expect(setting.log.messages.map(({ count }) => count)).toEqual([1, MAX_ROWS, MAX_ROWS, 500])
    const text = '长'.repeat(40_000)
    await setting.writer.append(
      Array.from({ length: 20 }, () => canonical({ data: { number: 'n', issue: 'i', text } })),
    )
    for (const { payload } of setting.log.messages) expect(payload.byteLength).toBeLessThan(MAX_MESSAGE_BYTES)
    expect(setting.logged().map(({ id }) => id)).toHaveLength(2_520)
  })

  it('appends control entries and remembers what stays in force', async () => {
    const setting = await started()
    const position = await setting.writer.control({ type: 'yujing.detectors', data: { versions: { a: 1 } } })
    const parameters = { detector: 'a', version: 1, parameters: { n: 5 }, by: 'admin' }
    await setting.writer.control({ type: 'yujing.parameters', data: parameters })
    expect(position).toEqual({ epoch: setting.log.epoch, seq: 2, index: 0 })
    expect(controls(setting).at(-1)).toEqual({
      type: 'yujing.parameters',
      data: parameters,
      epoch: setting.log.epoch,
      seq: 3,
      at: NOW,
    })
    await setting.writer.stop()
    const next = await successor(setting)
    expect(next.inForce()).toMatchObject({ versions: { a: 1 }, parameters: { a: parameters } })
  })

  it('remembers the furthest mark of each source, the last allow-list and the last word on each year of a calendar', async () => {
    const setting = await started()
    const mark = (source: string, through: number) =>
      setting.writer.control({ type: 'yujing.completeness', data: { source, through, by: 'a' } })
    const year = (calendar: string, version: number) =>
      setting.writer.control({
        type: 'yujing.calendar',
        data: { calendar, year: 2026, version, off: ['2026-10-01'], on: [], by: 'a' },
      })
    const allow = { kind: 'address', key: 'a1', detector: null, owner: '注册处', reason: '园区', until: NOW } as const
    await mark('/a', 20)
    await mark('/b', 5)
    await mark('/a', 10)
    await year('school', 1)
    await year('working-days', 1)
    await year('school', 2)
    await setting.writer.control({ type: 'yujing.allow-list', data: { version: 1, entries: [], by: 'a' } })
    await setting.writer.control({ type: 'yujing.allow-list', data: { version: 2, entries: [allow], by: 'a' } })
    await setting.writer.stop()
    expect((await successor(setting)).inForce()).toMatchObject({
      completeness: { '/a': { through: 20 }, '/b': { through: 5 } },
      calendars: { 'school 2026': { version: 2 }, 'working-days 2026': { version: 1, off: ['2026-10-01'] } },
      allowList: { version: 2, entries: [allow] },
    })
  })
})

describe('time', () => {
  it('ticks while it runs, forward only', async () => {
    const setting = await started({ tickMs: 5 })
    setting.clock.time = NOW + 1_000
    await expect.poll(() => setting.writer.logTime()).toBe(NOW + 1_000)
    await new Promise((resolve) => setTimeout(resolve, 30))
    expect(controls(setting).filter(({ type }) => type === 'yujing.tick')).toMatchObject([{ at: NOW + 1_000 }])
  })

  it('never stamps before log time, and takes nothing from a clock far behind it', async () => {
    const setting = await started()
    setting.clock.time = NOW - 60_000
    await setting.writer.append([canonical()])
    expect(setting.logged()).toMatchObject([{ receivedAt: NOW }])
    setting.clock.time = NOW - 6 * 60_000
    expect(await code(setting.writer.append([canonical()]))).toBe('clock.doubtful')
    setting.clock.time = NOW
    expect(await code(setting.writer.append([canonical()]))).toBe('done')
  })
})

describe('a clock that jumps', () => {
  const HOUR = 3_600_000
  const confirm = (setting: Setting, of = '') =>
    setting.writer.control({
      type: 'yujing.clock',
      data: { by: 'admin', wall: setting.clock.wall(), reason: 'test', of },
    })
  const times = (setting: Setting) => [
    ...controls(setting).map(({ at }) => at),
    ...setting.logged().map(({ receivedAt }) => receivedAt),
  ]

  it('forward: nothing is taken, no tick, and no entry moves log time until it is accepted', async () => {
    const setting = await started({ tickMs: 2 })
    setting.clock.jump(HOUR)
    expect(await code(setting.writer.append([canonical()]))).toBe('clock.doubtful')
    setting.log.restart()
    await setting.writer.control({ type: 'yujing.detectors', data: { versions: { a: 1 } } })
    await confirm(setting)
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(new Set(times(setting))).toEqual(new Set([NOW]))
    setting.clock.guarded.accept()
    await setting.writer.append([canonical()])
    expect(setting.logged().at(-1)?.receivedAt).toBe(NOW + HOUR)
  })

  it('back: once confirmed, log time stands until the clock has caught up', async () => {
    const setting = await started({ tickMs: 2 })
    setting.clock.jump(-HOUR)
    expect(await code(setting.writer.append([canonical()]))).toBe('clock.doubtful')
    setting.clock.guarded.accept()
    expect(await code(setting.writer.append([canonical()]))).toBe('clock.doubtful')
    await confirm(setting)
    await setting.writer.append([canonical()])
    setting.clock.time += 30 * 60_000
    await setting.writer.append([canonical()])
    expect(new Set(times(setting))).toEqual(new Set([NOW]))
    setting.clock.time += 31 * 60_000
    await setting.writer.append([canonical()])
    expect(setting.logged().at(-1)?.receivedAt).toBe(NOW + 60_000)
    // Log time has moved: what was confirmed is over, and the next clock behind it is in doubt again.
    setting.clock.time -= 10 * 60_000
    expect(await code(setting.writer.append([canonical()]))).toBe('clock.doubtful')
  })

  it('keeps a confirmation over a restart, from the log and from the snapshot', async () => {
    const setting = await started()
    setting.clock.jump(-HOUR)
    setting.clock.guarded.accept()
    await confirm(setting)
    const next = await successor(setting)
    expect(await code(next.append([canonical()]))).toBe('done')
    await next.stop()
    const last = await successor(setting)
    expect(await code(last.append([canonical()]))).toBe('done')
  })

  it('is not confirmed by what was said of the clock of another process', async () => {
    const setting = await started({ home: 'one' })
    setting.clock.jump(-HOUR)
    setting.clock.guarded.accept()
    await confirm(setting, 'two')
    expect(await code(setting.writer.append([canonical()]))).toBe('clock.doubtful')
    await confirm(setting, 'one')
    await confirm(setting, 'three')
    expect(await code(setting.writer.append([canonical()]))).toBe('done')
    // Whoever leads next has a clock of its own.
    await setting.writer.stop()
    const four = await successor(setting, { home: 'four' })
    expect(await code(four.append([canonical()]))).toBe('clock.doubtful')
    await four.stop()
    const one = await successor(setting, { home: 'one' })
    expect(await code(one.append([canonical()]))).toBe('done')
  })

  it('starts with a clock behind the log, and takes nothing', async () => {
    const setting = await started()
    await setting.writer.append([canonical()])
    setting.clock.time = NOW - HOUR
    const next = await successor(setting)
    expect(await code(next.append([canonical()]))).toBe('clock.doubtful')
    await next.control({ type: 'yujing.detectors', data: { versions: { a: 1 } } })
    expect(new Set(times(setting))).toEqual(new Set([NOW]))
  })
})

describe('when the log fails', () => {
  it.each(['full', 'lost', 'answer-lost', 'late'] as const)(
    '%s: 503, then the same again is stored once',
    async (fault) => {
      const setting = await started()
      const events = [
        canonical({ type: 'enterprise.registered', data: { address: '长治路1号', kind: '1130' } }),
        canonical(),
      ]
      setting.log.fail(fault)
      expect(await code(setting.writer.append(events))).toBe(fault === 'full' ? 'log.full' : 'log.unavailable')
      const kind = fault === 'answer-lost' || fault === 'late' ? 'duplicate' : 'stored'
      expect(kinds(await setting.writer.append(events))).toEqual([kind, kind])
      expect(setting.logged().map(({ id }) => id)).toEqual(events.map(({ id }) => id))
      expect(setting.logged()[0]?.register.joined).toHaveProperty('address')
      const terms = controls(setting).filter(({ type }) => type === 'yujing.writer')
      expect(terms).toHaveLength(fault === 'full' ? 1 : 2)
    },
  )

  it('answers nobody whose events may be missing', async () => {
    const setting = await started({ gatherMs: 2 })
    const event = canonical()
    setting.log.fail('lost')
    const answers = await Promise.all([setting.writer.append([event]), setting.writer.append([event])].map(code))
    expect(answers).toEqual(['log.unavailable', 'log.unavailable'])
    expect(setting.logged()).toEqual([])
  })

  it('gives up waiting for an answer', async () => {
    const setting = await started({ patienceMs: 20 })
    setting.log.gate = new Promise(() => {})
    expect(await code(setting.writer.append([canonical()]))).toBe('log.unavailable')
    setting.log.gate = Promise.resolve()
    expect(await code(setting.writer.append([canonical()]))).toBe('done')
  })

  it.each(['restart', 'forget'] as const)('goes on after a %s of the server with a new term', async (event) => {
    const setting = await started()
    await setting.writer.append([canonical()])
    setting.log[event]()
    expect(kinds(await setting.writer.append([canonical()]))).toEqual(['stored'])
    expect(setting.log.messages.map(({ kind }) => kind)).toEqual(['control', 'rows', 'control', 'rows'])
  })

  it('stops loudly when another writer has taken over', async () => {
    const onSuperseded = vi.fn()
    const setting = await started({ onSuperseded })
    await setting.writer.append([canonical()])
    const next = await successor(setting)
    expect(await code(setting.writer.append([canonical()]))).toBe('log.unavailable')
    expect(onSuperseded).toHaveBeenCalledOnce()
    expect(await code(setting.writer.append([canonical()]))).toBe('log.unavailable')
    expect(kinds(await next.append([canonical()]))).toEqual(['stored'])
  })
})

describe('when reading back fails half way', () => {
  it('still sees that another writer has taken over', async () => {
    const setting = await started()
    const next = await successor(setting)
    await next.append([canonical()])
    setting.log.breakRead = true
    expect(await code(setting.writer.append([canonical()]))).toBe('log.unavailable')
    expect(await code(setting.writer.append([canonical()]))).toBe('log.unavailable')
    expect(kinds(await next.append([canonical()]))).toEqual(['stored'])
    expect(setting.logged()).toHaveLength(2)
  })
})

describe('old ids', () => {
  async function aged(): Promise<Setting & { old: ReturnType<typeof canonical> }> {
    const setting = await started()
    const old = canonical({ id: 'old' })
    await setting.writer.append([old])
    setting.clock.time = NOW + 20 * DAY_MS
    for (let message = 0; message < ID_SHARDS; message += 1) await setting.writer.append([canonical()])
    setting.history.asked.length = 0
    return { ...setting, old }
  }

  it('are looked up in history, with one query for a call', async () => {
    const { writer, history, old } = await aged()
    const outcomes = await writer.append([old, { ...old, region: '140106' }, canonical()])
    expect(kinds(outcomes)).toEqual(['duplicate', 'reused', 'stored'])
    expect(history.asked).toHaveLength(1)
    expect(history.asked[0]).toHaveLength(2)
  })

  it('are refused with 503 while history is away; others pass', async () => {
    const { writer, history, old } = await aged()
    history.away = true
    expect(await code(writer.append([canonical(), old]))).toBe('store.unavailable')
    expect(await code(writer.append([canonical()]))).toBe('done')
  })
})

describe('an id that grew old between the question to history and the message', () => {
  it('is asked for again, never guessed', () => {
    const state = emptyState()
    const event = canonical()
    const identity = identityOf(event)
    state.ids.add(identity, NOW)
    state.ids.expireAll(NOW + 20 * DAY_MS)
    const what = { events: pressed([event]), history: new Map(), outcomes: [] }
    const call = { kind: 'rows' as const, lane: 'live' as const, ...what, resolve: () => {}, reject: () => {} }
    expect(() => new MessageMaker(state, 'epoch', () => NOW).take(call)).toThrow(YujingError)
  })
})

describe('a log that was created anew', () => {
  const parameters = { detector: 'a', version: 3, parameters: { n: 5 }, by: 'admin' }
  const registered = canonical({ type: 'enterprise.registered', data: { address: '长治路1号', kind: '1130' } })
  const recent = canonical()

  /** A log with all kinds of messages is lost but for what history holds; the next one begins two hours later. */
  async function recreated(): Promise<{
    log: MemoryLog
    start(snapshots?: MemorySnapshots): Promise<{ setting: Setting; writer: TestWriter }>
  }> {
    const lost = await started()
    await lost.writer.append([registered])
    await lost.writer.control({ type: 'yujing.detectors', data: { versions: { a: 2 } } })
    await lost.writer.control({ type: 'yujing.parameters', data: parameters })
    const [through, by] = [NOW, 'a']
    await lost.writer.control({ type: 'yujing.completeness', data: { source: '/a', through, by } })
    lost.clock.time = NOW + 20 * DAY_MS
    await lost.writer.append([recent])
    const log = new MemoryLog('fedcba9876543210')
    return {
      log,
      async start(snapshots = new MemorySnapshots()) {
        const connection = log.connect()
        const setting = await started({ log: connection, snapshots, history: new MemoryHistory(lost.log, log) })
        return { setting, writer: setting.writer }
      },
    }
  }
  const entries = (log: MemoryLog) =>
    log.messages.map(({ kind, payload }) =>
      kind === 'rows' ? 'rows' : (JSON.parse(new TextDecoder().decode(payload)) as ControlEntry).type,
    )

  it('knows every id, the register, log time and the control entries of the one before', async () => {
    const { log, start } = await recreated()
    const { setting, writer } = await start()
    expect(writer.logTime()).toBe(NOW + 20 * DAY_MS)
    expect(writer.inForce()).toMatchObject({ versions: { a: 2 }, parameters: { a: parameters } })
    // Its readers begin with this log: what is in force must stand in it.
    expect(entries(log)).toEqual(['yujing.writer', 'yujing.detectors', 'yujing.parameters', 'yujing.completeness'])
    setting.clock.time = NOW + 20 * DAY_MS
    const again = [registered, { ...registered, region: '140106' }, recent, canonical({ id: 'facts' })]
    expect(kinds(await writer.append(again))).toEqual(['duplicate', 'reused', 'duplicate', 'stored'])
    const [row] = log.messages.filter(({ kind }) => kind === 'rows').flatMap(({ payload }) => decodeBatch(payload))
    expect(row).toMatchObject({ id: 'facts', position: { seq: 5 }, register: { kind: '1130', status: 'living' } })
  })

  it('says what is in force once, also when the first start was cut off in the middle of it', async () => {
    const { log, start } = await recreated()
    const snapshots = new MemorySnapshots()
    await start(snapshots)
    await start(snapshots)
    expect(entries(log).slice(4)).toEqual(['yujing.writer'])
    log.messages.splice(2)
    await start()
    expect(entries(log).slice(0, 2)).toEqual(['yujing.writer', 'yujing.detectors'])
    expect(entries(log).slice(2)).toEqual(['yujing.writer', 'yujing.parameters', 'yujing.completeness'])
  })
})

describe('a start', () => {
  const registered = (id: string) =>
    canonical({ id, type: 'enterprise.registered', data: { address: '长治路1号', kind: '1130' } })

  it('knows everything again: from the snapshot and the log behind it', async () => {
    const setting = await started()
    const before = registered('before')
    await setting.writer.append([before])
    await setting.writer.stop()
    const second = await successor(setting)
    const after = canonical({ id: 'after' })
    await second.append([after])
    const third = await successor(setting)
    expect(kinds(await third.append([before, after]))).toEqual(['duplicate', 'duplicate'])
    await third.append([canonical({ id: 'facts' })])
    expect(setting.logged().at(-1)).toMatchObject({ id: 'facts', register: { kind: '1130', status: 'living' } })
  })

  it('takes the older snapshot when the newest is torn', async () => {
    const setting = await started()
    const event = registered('one')
    await setting.writer.append([event])
    await setting.writer.stop()
    const second = await successor(setting)
    await second.append([canonical({ id: 'two' })])
    await second.stop()
    expect(setting.snapshots.kept).toHaveLength(2)
    setting.snapshots.damage()
    setting.log.purgeBelow(2)
    const third = await successor(setting)
    expect(kinds(await third.append([event]))).toEqual(['duplicate'])
  })

  it('takes no snapshot of a log that was longer', async () => {
    const setting = await started()
    const event = registered('one')
    await setting.writer.append([event])
    await setting.writer.stop()
    // The same log as an older backup has it: without what the snapshot knows.
    const shorter = createSetting()
    const next = await successor({ ...shorter, snapshots: setting.snapshots })
    expect(kinds(await next.append([event]))).toEqual(['stored'])
  })

  it('takes no snapshot that heard of more than the log holds while it was taken', async () => {
    const setting = await started()
    await setting.writer.append([canonical({ id: 'one' })])
    await setting.writer.stop()
    const [kept] = setting.snapshots.kept
    const read = kept && decodeSnapshot(kept.bytes, setting.log.epoch)
    if (!kept || !read) throw new Error('no snapshot')
    const lost = canonical({ id: 'lost' })
    const taking = takeSnapshot(read.state, setting.log.epoch)
    read.state.ids.add(identityOf(lost), NOW)
    read.state.seq += 1
    let step = taking.next()
    for (; !step.done; step = taking.next());
    kept.bytes = Uint8Array.from(Buffer.concat(step.value))
    const next = await successor(setting)
    expect(kinds(await next.append([lost, canonical({ id: 'one' })]))).toEqual(['stored', 'duplicate'])
  })

  it('takes no snapshot that leaves a gap before the log', async () => {
    const setting = await started()
    await setting.writer.append([registered('one')])
    await setting.writer.stop()
    const event = canonical({ id: 'two' })
    const second = await successor(setting)
    await second.append([event])
    setting.log.purgeBelow(setting.log.messages.length + 1)
    const third = await successor(setting)
    expect(kinds(await third.append([event]))).toEqual(['duplicate'])
  })

  it('rebuilds from history when there is no snapshot and the log is purged, and not when history is away', async () => {
    const setting = await started()
    const event = registered('one')
    await setting.writer.append([event])
    await setting.writer.append([canonical({ id: 'two' })])
    setting.log.purgeBelow(3)
    setting.history.away = true
    expect(await code(successor(setting))).toBe('store.unavailable')
    setting.history.away = false
    const next = await successor(setting)
    expect(kinds(await next.append([event]))).toEqual(['duplicate'])
    await next.append([canonical({ id: 'facts' })])
    expect(setting.logged().at(-1)?.register).toMatchObject({ status: 'living' })
  })

  it('recovers the control entries in force and log time from history', async () => {
    const setting = await started()
    const parameters = { detector: 'a', version: 3, parameters: { n: 5 }, by: 'admin' }
    await setting.writer.control({ type: 'yujing.detectors', data: { versions: { a: 2 } } })
    await setting.writer.control({ type: 'yujing.parameters', data: parameters })
    setting.clock.time = NOW + DAY_MS
    await setting.writer.control({ type: 'yujing.tick', data: {} })
    setting.log.purgeBelow(5)
    setting.clock.time = NOW
    const next = await successor(setting)
    expect(next.inForce()).toMatchObject({ versions: { a: 2 }, parameters: { a: parameters } })
    expect(next.logTime()).toBe(NOW + DAY_MS)
    // What its readers have seen in this log is not said again.
    expect(controls(setting).map(({ type }) => type)).toEqual([
      'yujing.writer',
      'yujing.detectors',
      'yujing.parameters',
      'yujing.tick',
      'yujing.writer',
    ])
  })

  it('saves snapshots while it runs', async () => {
    const setting = await started({ snapshotMs: 5 })
    await setting.writer.append([canonical()])
    await expect.poll(() => setting.writer.snapshotSeq()).toBe(2)
  })

  it('takes nothing before and after', async () => {
    const setting = createSetting()
    expect(await code(setting.writer.append([canonical()]))).toBe('log.unavailable')
    await setting.writer.start()
    await setting.writer.stop()
    expect(await code(setting.writer.append([canonical()]))).toBe('log.unavailable')
  })
})
