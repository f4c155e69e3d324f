import { describe, expect, it } from 'vitest'
import { defineDetector } from '../../src/detect/contract.ts'
import { replayKey } from '../../src/detect/replay-key.ts'
import { ALL_PARTITIONS, partitionOf } from '../../src/detect/statistics/hash.ts'
import type { Finding } from '../../src/model/finding.ts'
import { DAY_MS, formatTime, HOUR_MS } from '../../src/model/time.ts'
import { historyOf, run, shardOf, TestLog, time } from './log.ts'

const [A, B, C] = ['91140105MA0K2914XG', '91140171MA0K17771B', '91140212MA0K6317XG'] as const
const DUE = time('2026-05-01T00:00')
const LATE = time('2026-07-01T00:00')

/** A lift is due for inspection: yellow at once, red when it is ten days over; an inspection closes the alert. */
const overdue = defineDetector({
  id: 'test-overdue',
  code: 'TST-01',
  version: 1,
  title: { zh: '超期', en: 'Overdue' },
  why: { zh: '测试', en: 'test' },
  falsePositives: [],
  keyKind: 'enterprise',
  latenessDays: { 'equipment.inspected': 7, 'equipment.scrapped': 7 },
  parameters: {
    red: { title: { zh: '红', en: 'red' }, unit: 'days', default: 10, minimum: 1, maximum: 100, whole: true },
  },
  windows: { month: { days: 30 } },
  deadlines: { judgedAfterDays: ({ red }) => [0, red], closesItself: true },
  keys: ({ subject, data: { code, nextDue } }) => [
    { key: subject, deadline: { item: String(code), at: typeof nextDue === 'number' ? nextDue : null } },
  ],
  verdict({ pending }, { red }) {
    const over = pending.filter(({ overdueDays }) => overdueDays >= 0)
    const worst = Math.max(-1, ...over.map(({ overdueDays }) => overdueDays))
    const level = over.length === 0 ? null : worst >= red ? 'red' : 'yellow'
    const common = { expected: null, probability: null, reason: 'overdue', window: 'month' } as const
    return { ...common, level, observed: over.length, threshold: 1 }
  },
  series: (view) => view.series(1, 30),
  sentence: ({ observed }) => ({ zh: `${observed}`, en: `${observed}` }),
  examples: { fire: [{ name: 'none', given: [] }], quiet: [{ name: 'none', given: [] }] },
})

function lift(subject: string, nextDue: number | null, at = time('2026-04-01'), code = 'L1') {
  return { type: nextDue === null ? 'equipment.scrapped' : 'equipment.inspected', subject, at, data: { code, nextDue } }
}

const told = (findings: readonly Finding[]) =>
  findings.map(({ kind, key, level, due }) => [kind, key.key, level, due === null ? null : formatTime(due)])

/** A log whose source has told everything for a long time to come. */
function trusting(): TestLog {
  return new TestLog().complete('/test', time('2027-01-01'), time('2026-03-01'))
}

describe('an instant', () => {
  it('comes when log time passes it, in the order of (instant, key), as of itself', () => {
    const log = trusting()
      .rows(lift(B, DUE), lift(A, DUE), lift(C, DUE - DAY_MS))
      .tick(LATE)
    const findings = run([overdue], log)
    const day = (days: number) => formatTime(DUE + days * DAY_MS)
    expect(told(findings)).toEqual([
      ['open', C, 'yellow', day(-1)],
      ['open', A, 'yellow', day(0)],
      ['open', B, 'yellow', day(0)],
      ['level', C, 'red', day(9)],
      ['level', A, 'red', day(10)],
      ['level', B, 'red', day(10)],
    ])
    expect(findings[0]).toMatchObject({
      anchor: { source: 'yujing.timer', id: formatTime(DUE - DAY_MS) },
      logTime: DUE - DAY_MS,
      lastEventTime: DUE - DAY_MS,
      historic: false,
      region: '140105',
    })
  })

  it('is the same however log time gets there: by ticks, by the next event, after months of standstill', () => {
    const ways = [
      (log: TestLog) => log.tick(LATE),
      (log: TestLog) => {
        for (let at = time('2026-04-02'); at <= LATE; at += 7 * HOUR_MS) log.tick(at)
        return log.tick(LATE)
      },
      (log: TestLog) => log.rows({ ...lift(C, LATE + DAY_MS, LATE), type: 'equipment.inspected' }),
      (log: TestLog) => log.rows({ type: 'tax.reported', subject: B, at: LATE }),
    ]
    const [first, ...others] = ways.map((go) =>
      run([overdue], go(trusting().rows(lift(A, DUE), lift(B, DUE + HOUR_MS)))).map(({ evidence, ...finding }) => ({
        ...finding,
        evidence: { ...evidence, position: null },
      })),
    )
    expect(first).toHaveLength(4)
    for (const other of others) expect(other).toEqual(first)
  })

  it('stands before the event that made log time pass it', () => {
    const log = trusting()
      .rows(lift(A, DUE))
      .rows(lift(A, LATE, DUE + DAY_MS))
    const findings = run([overdue], log)
    expect(told(findings)).toEqual([
      ['open', A, 'yellow', formatTime(DUE)],
      ['withdrawn', A, 'yellow', null],
    ])
    expect(findings.map(({ evidence }) => evidence.position.seq)).toEqual([3, 3])
    expect(new Set(findings.map(({ alertId }) => alertId)).size).toBe(1)
  })

  it('does not come for what was done in time, or is done twice, whatever order it is told in', () => {
    const inspected = lift(A, LATE + DAY_MS, time('2026-04-20'))
    expect(run([overdue], trusting().rows(lift(A, DUE), inspected).tick(LATE))).toEqual([])
    expect(run([overdue], trusting().rows(inspected, lift(A, DUE)).tick(LATE))).toEqual([])
    expect(
      run(
        [overdue],
        trusting()
          .rows(lift(A, null, time('2026-04-20')), lift(A, DUE))
          .tick(LATE),
      ),
    ).toEqual([])
  })

  it('goes on as one alert however long nothing happens', () => {
    const findings = run(
      [overdue],
      trusting()
        .rows(lift(A, DUE), lift(A, DUE + 55 * DAY_MS, undefined, 'L2'))
        .tick(LATE),
    )
    expect(told(findings).map(([kind]) => kind)).toEqual(['open', 'level', 'growth'])
    expect(new Set(findings.map(({ alertId }) => alertId)).size).toBe(1)
  })

  it('that history alone had passed opens nothing; one that comes later does', () => {
    const history = { ...lift(A, DUE), backfill: true, receivedAt: DUE + 2 * DAY_MS }
    const [only, ...more] = run([overdue], trusting().rows(history).tick(LATE))
    expect(more).toEqual([])
    expect(only).toMatchObject({ kind: 'open', level: 'red', due: DUE + 10 * DAY_MS })
    const waiting = { ...history, receivedAt: DUE - DAY_MS }
    expect(told(run([overdue], trusting().rows(waiting).tick(LATE)))[0]).toEqual(['open', A, 'yellow', formatTime(DUE)])
  })

  it('moves with the parameters; what they pass at once is not judged', () => {
    const set = (log: TestLog, red: number, at: number) =>
      log.control(
        { type: 'yujing.parameters', data: { detector: 'test-overdue', version: 1, parameters: { red }, by: 'a' } },
        at,
      )
    const later = set(trusting().rows(lift(A, DUE)), 20, time('2026-04-02')).tick(LATE)
    expect(told(run([overdue], later))).toMatchObject([{ 2: 'yellow' }, { 2: 'red', 3: formatTime(DUE + 20 * DAY_MS) }])
    const eight = DUE + 8 * DAY_MS
    const before = [trusting().rows(lift(A, DUE)).tick(eight), trusting().rows(lift(A, DUE))]
    for (const log of before.map((one) => set(one, 5, eight))) {
      const findings = told(run([overdue], log.tick(LATE)))
      expect(findings).toMatchObject([{ 2: 'yellow' }])
      expect(told(replayKey({ detector: overdue, key: A, ...historyOf(log), until: LATE }))).toEqual(findings)
    }
  })

  it('has come for a correction in the message that passes it', () => {
    const log = trusting().rows(lift(A, DUE))
    log.correction({ seq: 2, index: 0 }, { at: DUE + DAY_MS })
    expect(told(run([overdue], log))).toEqual([
      ['open', A, 'yellow', formatTime(DUE)],
      ['withdrawn', A, 'yellow', null],
    ])
  })

  it('that only history has passed is silent also where its source tells of it later, or it came too late to count', () => {
    const history = { ...lift(A, DUE), backfill: true, receivedAt: DUE + 20 * DAY_MS }
    const live = (days: number) => lift(A, LATE + 400 * DAY_MS, DUE + days * DAY_MS, `L${days}`)
    const untold = new TestLog().rows(history).rows(live(21)).complete('/test', LATE, LATE)
    expect(run([overdue], untold.rows(lift(A, LATE + 400 * DAY_MS, LATE, 'L2')))).toEqual([])
    const late = trusting()
      .rows(live(60))
      .rows({ ...history, receivedAt: DUE + 61 * DAY_MS })
    expect(run([overdue], late.rows(live(62)))).toEqual([])
  })

  it('comes in order also where others that were to come with it are long forgotten', () => {
    const of = (n: number) => `91140105MA0K${String(n).padStart(4, '0')}XG`
    const keys = Array.from({ length: 9_000 }, (_, n) => of(n)).filter((key) => partitionOf('enterprise', key) === 0)
    const far = time('2030-01-01T00:00')
    const [gone, late] = [keys.slice(0, 38), keys.slice(38, 43)]
    const log = new TestLog().complete('/test', far + DAY_MS, time('2026-03-01'))
    log.rows(...gone.flatMap((key) => [lift(key, far), lift(key, null, time('2026-04-02'))]))
    for (let at = time('2026-08-01'); at < time('2026-08-04'); at += HOUR_MS) log.tick(at)
    log.rows(...late.map((key) => lift(key, far, time('2026-08-05'))))
    const findings = run([overdue], log.tick(far))
    expect(told(findings).map(([kind, key]) => [kind, key])).toEqual(late.toSorted().map((key) => ['open', key]))
  })

  it('is carried by snapshots, at any cut, and dealt to any number of shards', () => {
    const log = new TestLog()
      .rows(lift(A, DUE), lift(B, DUE + 2 * DAY_MS), lift(C, DUE + DAY_MS))
      .complete('/test', DUE + DAY_MS, DUE - DAY_MS)
      .tick(DUE + 3 * DAY_MS)
      .complete('/test', DUE + 5 * DAY_MS, DUE + 6 * DAY_MS)
      .rows(lift(B, LATE + DAY_MS, DUE + 7 * DAY_MS))
      .tick(LATE)
      .complete('/test', LATE, LATE)
    const whole = run([overdue], log)
    expect(whole.map(({ kind }) => kind)).toEqual(['open', 'open', 'open', 'withdrawn', 'level', 'level'])
    for (let cut = 0; cut <= log.last; cut++) {
      const before = shardOf([overdue])
      const first = log.messages.slice(0, cut).flatMap((message) => before.apply(message))
      const after = shardOf([overdue])
      for (const partition of ALL_PARTITIONS) after.restore(partition, before.snapshot(partition).bytes)
      expect([...first, ...log.messages.slice(cut).flatMap((message) => after.apply(message))]).toEqual(whole)
      expect(after.state()[0]?.held).toBe(0)
    }
    for (const shards of [1, 3, 64]) {
      const split = Array.from({ length: shards }, (_, n) =>
        shardOf(
          [overdue],
          ALL_PARTITIONS.filter((partition) => partition % shards === n),
        ),
      )
      const found = split.flatMap((shard) => log.messages.flatMap((message) => shard.apply(message)))
      expect(sorted(found)).toEqual(sorted(whole))
    }
  })
})

describe('what rests on absence', () => {
  function folded(log: TestLog) {
    const shard = shardOf([overdue])
    const findings = log.messages.flatMap((message) => shard.apply(message))
    const [state] = shard.state()
    return { findings, state, explain: (key: string) => shard.explain('test-overdue', key) }
  }

  it('is held while its source has not said that it told everything, and says so', () => {
    const { findings, state, explain } = folded(new TestLog().rows(lift(A, DUE), lift(B, LATE + DAY_MS)).tick(LATE))
    expect(findings).toEqual([])
    expect(state).toMatchObject({ held: 1, released: 0, dropped: 0 })
    expect(explain(A)).toMatchObject({ state: 'held', heldBy: ['/test'], verdict: { level: null } })
    expect(explain(B)).toMatchObject({ state: 'below-threshold', heldBy: [] })
  })

  it('is told when the mark comes, as of the instant, with its anchor', () => {
    const log = new TestLog().rows(lift(A, DUE)).tick(DUE + 3 * DAY_MS)
    const { findings, state } = folded(log.complete('/test', DUE + DAY_MS, DUE + 4 * DAY_MS))
    expect(findings).toMatchObject([
      { kind: 'open', level: 'yellow', due: DUE, anchor: { id: formatTime(DUE) }, logTime: DUE + 4 * DAY_MS },
    ])
    expect(state).toMatchObject({ held: 0, released: 1, dropped: 0 })
  })

  it('waits for the mark to be past the instant, and for that of its own source', () => {
    const log = new TestLog().rows(lift(A, DUE)).tick(DUE + DAY_MS)
    const { findings, state } = folded(
      log.complete('/test', DUE - 1, DUE + DAY_MS).complete('/other', LATE, DUE + DAY_MS),
    )
    expect(findings).toEqual([])
    expect(state).toMatchObject({ held: 1 })
  })

  it('is dropped when it turns out to have been done', () => {
    const log = new TestLog().rows(lift(A, DUE)).tick(DUE + DAY_MS)
    log.rows({ ...lift(A, LATE + DAY_MS, DUE - DAY_MS), receivedAt: DUE + 2 * DAY_MS })
    const { findings, state } = folded(log.complete('/test', DUE + 3 * DAY_MS, DUE + 3 * DAY_MS))
    expect(findings).toEqual([])
    expect(state).toMatchObject({ held: 0, released: 0, dropped: 1 })
  })

  it('a dead feed makes nothing of half a thousand that fall due', () => {
    const log = new TestLog()
    for (let n = 0; n < 500; n++) log.rows(lift(`91140105MA0K${String(n).padStart(4, '0')}XG`, DUE + n))
    const { findings, state } = folded(log.tick(LATE))
    expect(findings).toEqual([])
    expect(state).toMatchObject({ held: 500 })
  })
})

function sorted(findings: readonly Finding[]): string[] {
  return findings.map((finding) => JSON.stringify(finding)).sort()
}
