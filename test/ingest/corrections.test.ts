import { afterEach, describe, expect, it, vi } from 'vitest'
import { InHand } from '../../src/ingest/writer/in-hand.ts'
import { createWriter } from '../../src/ingest/writer/writer.ts'
import type { ControlEntry } from '../../src/model/control.ts'
import { YujingError } from '../../src/model/errors.ts'
import type { CanonicalEvent } from '../../src/model/event.ts'
import { DAY_MS, HOUR_MS } from '../../src/model/time.ts'
import { silentLogger } from '../../src/telemetry/logger.ts'
import { createMetrics } from '../../src/telemetry/metrics.ts'
import { byHand, canonical, cloudEvent, code, createSetting, NOW, type Setting, type TestWriter } from './setting.ts'

const running: TestWriter[] = []
const QUICK = { parkedMs: 5 }

async function started(...options: Parameters<typeof createSetting>): Promise<Setting> {
  const setting = createSetting({ ...QUICK, ...options[0] }, options[1])
  await setting.writer.start()
  running.push(setting.writer)
  return setting
}

/** Another writer over the same log, as after a kill or a take-over. */
async function successor(setting: Setting): Promise<TestWriter> {
  const made = createWriter({
    log: setting.log.connect(),
    snapshots: setting.snapshots,
    history: setting.history,
    clock: setting.clock.guarded,
    logger: silentLogger(),
    metrics: createMetrics(),
    instance: 'next',
    gatherMs: 0,
    ...QUICK,
    quarantine: async (event, why) => {
      await setting.quarantine.put(
        { code: why, reason: '', source: event.source, id: event.id, receivedAt: NOW, payload: '' },
        `${why} ${event.id}`,
      )
    },
  })
  const writer = byHand(made)
  await writer.start()
  running.push(writer)
  return writer
}

afterEach(async () => {
  for (const writer of running.splice(0)) await writer.stop()
})

const kinds = (outcomes: readonly { kind: string }[]) => outcomes.map(({ kind }) => kind)
const withdrawal = (of: string, more: Partial<CanonicalEvent> = {}) =>
  canonical({ type: 'event.retracted', subject: '', data: { reason: '重复录入' }, retracts: of, ...more })
const controls = (setting: Setting): ControlEntry[] =>
  setting.log.messages
    .filter(({ kind }) => kind === 'control')
    .map(({ payload }) => JSON.parse(new TextDecoder().decode(payload)) as ControlEntry)
const row = (setting: Setting, id: string) => setting.logged().find((one) => one.id === id)
const answer = (pending: Promise<unknown>) =>
  pending.then(
    () => 'done',
    (error: unknown) => (error instanceof YujingError ? error.code : String(error)),
  )

describe('a correction', () => {
  it('carries the event that it corrects', async () => {
    const setting = await started()
    const original = canonical({ id: 'X' })
    await setting.writer.append([original])
    expect(kinds(await setting.writer.append([withdrawal('X', { id: 'W' })]))).toEqual(['stored'])
    const stood = row(setting, 'X')
    expect(row(setting, 'W')?.register.corrects).toMatchObject({
      kind: 'withdrawn',
      of: stood?.idHash,
      original: { id: 'X', position: stood?.position, data: original.data, subject: original.subject },
    })
    expect(row(setting, 'W')?.keys).toEqual([
      ['event', stood?.idHash],
      ['enterprise', original.subject],
    ])
  })

  it('is known when it comes again, and costs those that correct nothing not even a question', async () => {
    const setting = await started()
    const found = vi.spyOn(InHand.prototype, 'find')
    await setting.writer.append([canonical({ id: 'X' })])
    expect(found).not.toHaveBeenCalled()
    const event = withdrawal('X')
    expect(kinds(await setting.writer.append([event, event]))).toEqual(['stored', 'duplicate'])
    expect(kinds(await setting.writer.append([event, { ...event, data: {} }]))).toEqual(['duplicate', 'reused'])
    found.mockRestore()
  })

  it('goes to what stands: who names an event means what took its place', async () => {
    const setting = await started()
    const { writer } = setting
    await writer.append([canonical({ id: 'X' })])
    await writer.append([canonical({ id: 'R1', retracts: 'X' }), canonical({ id: 'R2', retracts: 'X' })])
    expect(row(setting, 'R1')?.register.corrects).toMatchObject({ kind: 'replaced', original: { id: 'X' } })
    expect(row(setting, 'R2')?.register.corrects).toMatchObject({ kind: 'replaced', original: { id: 'R1' } })
    expect(row(setting, 'R2')?.register.corrects?.original?.register.corrects).toBeUndefined()
    await writer.append([withdrawal('X', { id: 'W1' })])
    expect(row(setting, 'W1')?.register.corrects).toMatchObject({ kind: 'withdrawn', original: { id: 'R2' } })
    // Nothing stands any more: a second withdrawal undoes nothing, and what replaces it then counts.
    await writer.append([withdrawal('X', { id: 'W2' }), canonical({ id: 'R3', retracts: 'X' })])
    expect(row(setting, 'W2')?.register.corrects?.original).toBeNull()
    expect(row(setting, 'R3')?.register.corrects?.original).toBeNull()
    await writer.append([canonical({ id: 'R4', retracts: 'X' })])
    expect(row(setting, 'R4')?.register.corrects).toMatchObject({ original: { id: 'R3' } })
  })

  it('goes to the same after a restart, with snapshot and without', async () => {
    const setting = await started()
    await setting.writer.append([canonical({ id: 'X' }), canonical({ id: 'R1', retracts: 'X' })])
    for (const [round, id] of ['A', 'B'].entries()) {
      await running.pop()?.stop()
      if (round === 1) setting.snapshots.kept.splice(0)
      await (await successor(setting)).append([canonical({ id, retracts: 'X' })])
    }
    expect(row(setting, 'A')?.register.corrects?.original?.id).toBe('R1')
    expect(row(setting, 'B')?.register.corrects?.original?.id).toBe('A')
  })

  it('of a withdrawal is refused: the door says so, and keeps it', async () => {
    const setting = await started()
    await setting.send(
      cloudEvent('complaint.filed', { id: 'X' }),
      cloudEvent('event.retracted', { id: 'W', retracts: 'X' }),
    )
    const both = await setting.send(
      cloudEvent('event.retracted', { id: 'W2', retracts: 'W' }),
      cloudEvent('complaint.filed', { id: 'Y' }),
    )
    expect(both).toMatchObject({ accepted: 1, rejected: [{ index: 0, id: 'W2', code: 'retracts.final' }] })
    expect(setting.quarantine.entries).toMatchObject([{ code: 'retracts.final', id: 'W2' }])
  })

  it('of itself is none', async () => {
    const setting = await started()
    const self = setting.send(cloudEvent('complaint.filed', { id: 'X', retracts: 'X' }))
    expect(await answer(self)).toBe('event.malformed')
  })

  it('needs history for what is not in hand: away, the request is to be sent again', async () => {
    const setting = await started()
    const { writer, history } = setting
    const shop = code(7)
    await writer.append([canonical({ id: 'X', type: 'enterprise.dormant', subject: shop, data: {} })])
    history.away = true
    expect(await answer(writer.append([withdrawal('X', { id: 'W' }), canonical({ id: 'Y' })]))).toBe(
      'store.unavailable',
    )
    history.away = false
    expect(kinds(await writer.append([withdrawal('X', { id: 'W' }), canonical({ id: 'Y' })]))).toEqual([
      'stored',
      'stored',
    ])
  })
})

describe('the register', () => {
  const SHOP = code(1)
  const person = (key: string) => ({ name: '张**', key: `p1${key.repeat(32)}`, strength: 'strong' })
  const registered = (more: Partial<CanonicalEvent> = {}) =>
    canonical({
      id: 'reg',
      type: 'enterprise.registered',
      subject: SHOP,
      data: { name: '店', kind: '1130', capital: 1, address: '长风街1号', legalRepresentative: person('a') },
      ...more,
    })
  const changed = (id: string, field: string, after: unknown, more: Partial<CanonicalEvent> = {}) =>
    canonical({
      id,
      type: 'enterprise.changed',
      subject: SHOP,
      data: { changes: [{ field, before: 'x', after }] },
      ...more,
    })
  const probe = async (setting: Setting, id: string) => {
    await setting.writer.append([canonical({ id, subject: SHOP })])
    return row(setting, id)?.register
  }

  it('says what it would without the event, here and after a restart', async () => {
    const setting = await started()
    await setting.writer.append([
      registered(),
      changed('move', 'address', '学府街8号'),
      changed('rep', 'legalRepresentative', person('b')),
    ])
    const moved = (await probe(setting, 'p1'))?.now
    await setting.writer.append([withdrawal('move', { id: 'W' })])
    const { corrects } = row(setting, 'W')?.register ?? {}
    const back = (await probe(setting, 'p2'))?.now
    expect(back).toMatchObject({ representative: person('b').key })
    expect(back?.address).not.toBe(moved?.address)
    expect(corrects?.undone).toEqual({
      joined: { address: back?.address, addressKind: 'ordinary' },
      left: { address: moved?.address, addressKind: 'ordinary' },
    })
    await running.pop()?.stop()
    setting.snapshots.kept.splice(0)
    await successor(setting)
    await running.at(-1)?.append([canonical({ id: 'p3', subject: SHOP })])
    expect(row(setting, 'p3')?.register.now).toEqual(back)
  })

  it('does not know an enterprise whose only registration is withdrawn', async () => {
    const setting = await started()
    await setting.writer.append([registered()])
    await setting.writer.append([withdrawal('reg', { id: 'W' })])
    expect(row(setting, 'W')?.register.corrects).toMatchObject({
      record: null,
      undone: { left: { addressKind: 'ordinary' } },
    })
    expect(await probe(setting, 'p')).toEqual({})
  })

  it('follows a replacement as if the first had never come', async () => {
    const setting = await started()
    await setting.writer.append([registered(), changed('later', 'legalRepresentative', person('c'))])
    await setting.writer.append([registered({ id: 'right', retracts: 'reg' })])
    const facts = row(setting, 'right')?.register
    // It joins the address itself, after the other one has left it.
    expect(facts?.joined?.address).toBe(facts?.corrects?.undone?.left?.address)
    expect(facts?.joined?.address).toBeDefined()
  })

  it('takes back an industry that nobody else told', async () => {
    const setting = await started()
    await setting.writer.append([
      registered({ industry: '5210' }),
      canonical({ id: 'odd', subject: SHOP, industry: '6210' }),
    ])
    expect((await probe(setting, 'p1'))?.industry).toBe('6210')
    await setting.writer.append([withdrawal('odd')])
    expect((await probe(setting, 'p2'))?.industry).toBe('5210')
  })
})

describe('a correction that comes before its original', () => {
  it('comes after it in the log when both come together', async () => {
    const setting = await started()
    const outcomes = await setting.writer.append([
      withdrawal('X', { id: 'W' }),
      canonical({ id: 'Z' }),
      canonical({ id: 'X' }),
    ])
    expect(kinds(outcomes)).toEqual(['stored', 'stored', 'stored'])
    expect(row(setting, 'W')?.register.corrects).toMatchObject({ original: { id: 'X' } })
  })

  it('is accepted at the door, among what is refused there and by the writer', async () => {
    const setting = await started()
    const faulty = () => cloudEvent('complaint.filed', { region: '999999' })
    const waiting = cloudEvent('event.retracted', { id: 'W', retracts: 'X' })
    await setting.send(
      cloudEvent('complaint.filed', { id: 'A' }),
      cloudEvent('event.retracted', { id: 'B', retracts: 'A' }),
    )
    const final = cloudEvent('event.retracted', { id: 'C', retracts: 'B' })
    const answer = await setting.send(faulty(), waiting, final, waiting, faulty())
    expect(answer).toMatchObject({
      accepted: 1,
      duplicates: 1,
      rejected: [{ index: 0 }, { index: 2, id: 'C', code: 'retracts.final' }, { index: 4 }],
      reused: [],
    })
    expect(setting.quarantine.entries.map(({ id }) => id)).toContain('C')
    expect(setting.quarantine.entries).toHaveLength(3)
  })

  it('waits in the log, through the death of the writer, and is applied when it comes', async () => {
    const setting = await started()
    const event = withdrawal('X', { id: 'W' })
    expect(await setting.send(cloudEvent('complaint.filed', { id: 'A' }))).toMatchObject({ accepted: 1 })
    expect(kinds(await setting.writer.append([event, event]))).toEqual(['parked', 'duplicate'])
    expect(controls(setting).at(-1)).toMatchObject({ type: 'yujing.parked', data: { event: { id: 'W' } } })
    // Another one takes over; the first says nothing more.
    const next = await successor(setting)
    expect(kinds(await next.append([event, { ...event, data: {} }]))).toEqual(['duplicate', 'reused'])
    expect(row(setting, 'W')).toBeUndefined()
    await next.append([canonical({ id: 'X' })])
    await expect.poll(() => row(setting, 'W')?.register.corrects).toMatchObject({ original: { id: 'X' } })
    expect(kinds(await next.append([event]))).toEqual(['duplicate'])
  })

  it('is refused when as many wait as may, and lies in quarantine; what waits makes room when its original comes', async () => {
    const setting = await started({ parkedMost: 2 })
    const wait = (id: string, retracts: string) =>
      cloudEvent('event.retracted', { id, subject: '', retracts, data: { reason: '重复录入' } })
    expect(await setting.send(wait('W1', 'X1'), wait('W2', 'X2'), wait('W3', 'X3'))).toMatchObject({
      accepted: 2,
      rejected: [{ index: 2, id: 'W3', code: 'retracts.parking-full' }],
    })
    expect(setting.quarantine.entries).toMatchObject([{ code: 'retracts.parking-full', id: 'W3' }])
    expect(await setting.send(wait('W2', 'X2'))).toMatchObject({ accepted: 0, duplicates: 1 })
    await setting.writer.append([canonical({ id: 'X1' })])
    await vi.waitFor(() => expect(row(setting, 'W1')?.register.corrects).toMatchObject({ original: { id: 'X1' } }))
    await vi.waitFor(async () => expect(await setting.send(wait('W3', 'X3'))).toMatchObject({ accepted: 1 }))
  })

  it('is put aside after a day of log time, and may be sent again', async () => {
    const setting = await started()
    const { writer, clock, quarantine, metrics } = setting
    const event = withdrawal('never', { id: 'W' })
    await writer.append([event])
    clock.time += DAY_MS - HOUR_MS
    await writer.append([canonical({ id: 'A' })])
    await expect.poll(() => metrics.registry.metrics()).toContain('yujing_parked_corrections 1')
    expect(quarantine.entries).toEqual([])
    clock.time += 2 * HOUR_MS
    await writer.append([canonical({ id: 'B' })])
    await expect.poll(() => controls(setting).at(-1)).toMatchObject({ type: 'yujing.parking-ended' })
    expect(quarantine.entries).toMatchObject([{ code: 'retracts.unknown', id: 'W' }])
    await expect.poll(() => metrics.registry.metrics()).toContain('yujing_parked_corrections 0')
    expect(kinds(await writer.append([event]))).toEqual(['parked'])
  })
})

describe('attribution', () => {
  const SHOP = code(1)
  const nameless = (id: string, more: Partial<CanonicalEvent> = {}) =>
    canonical({ id, subject: '', data: { number: 'n', issue: 'i', respondent: { name: '某健身房' } }, ...more })
  const request = (id: string, subject = SHOP) => ({
    source: '/sx/test',
    id,
    subject,
    by: 'officer',
    areas: 'all' as const,
  })

  it('puts the same event with its enterprise in the place of the first, once', async () => {
    const setting = await started()
    await setting.writer.append([nameless('X')])
    expect(await setting.writer.attribute(request('X'))).toEqual({ repeated: false })
    const there = row(setting, `X@${SHOP}`)
    expect(there).toMatchObject({
      type: 'complaint.filed',
      subject: SHOP,
      time: NOW,
      retracts: 'X',
      register: { corrects: { kind: 'attributed', by: 'officer', original: { id: 'X', subject: '' } } },
    })
    expect(await setting.writer.attribute(request('X'))).toEqual({ repeated: true })
    expect(await answer(setting.writer.attribute(request('X', code(2))))).toBe('attribution.not-allowed')
    // The source may still correct it: what stands is the attributed one.
    await setting.writer.append([nameless('right', { subject: code(2), retracts: 'X' })])
    expect(row(setting, 'right')?.register.corrects).toMatchObject({ original: { subject: SHOP } })
    expect(await answer(setting.writer.attribute(request('X', code(3))))).toBe('attribution.not-allowed')
  })

  it('is for what people say and what still stands, within the scope', async () => {
    const setting = await started()
    const { writer } = setting
    await writer.append([nameless('X'), canonical({ id: 'known' }), nameless('gone'), withdrawal('gone')])
    await writer.append([
      canonical({ id: 'price', type: 'price.reported', subject: '', data: { item: 'a', price: 1, unit: 'b' } }),
    ])
    for (const id of ['known', 'gone', 'price'])
      expect(await answer(writer.attribute(request(id)))).toBe('attribution.not-allowed')
    expect(await answer(writer.attribute(request('nowhere')))).toBe('not-found')
    expect(await answer(writer.attribute({ ...request('X'), areas: ['140200'] }))).toBe('not-found')
    expect(await answer(writer.attribute({ ...request('X'), areas: ['140100'] }))).toBe('done')
  })
})
