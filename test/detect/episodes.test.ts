import { describe, expect, it } from 'vitest'
import { thin } from '../../src/detect/thinning.ts'
import type { Finding } from '../../src/model/finding.ts'
import { formatTime } from '../../src/model/time.ts'
import { countingDetector } from './counting-detector.ts'
import { run, TestLog, type Told, time } from './log.ts'

const KEY = '91140105MA0K2914XG'
const detector = countingDetector({
  windows: { recent: { days: 7, distinct: true } },
  lateness: 3,
  threshold: 3,
  red: 8,
})

function complaint(at: string, more: Partial<Told> = {}): Told {
  return { type: 'complaint.filed', subject: KEY, at: time(at), ...more }
}

function complaints(at: string, count: number, more: Partial<Told> = {}): Told[] {
  return Array.from({ length: count }, () => complaint(at, more))
}

function kinds(findings: readonly Finding[]): string[] {
  return findings.map(({ kind, level, evidence }) => `${kind} ${level} ${evidence.observed}`)
}

function runTold(...told: Told[]): Finding[] {
  return run(
    [detector],
    told.reduce((log, event) => log.rows(event), new TestLog()),
  )
}

describe('an episode', () => {
  it('is one alert from the event that opens it, told when there is something new', () => {
    const findings = runTold(...complaints('2026-03-02', 6), complaint('2026-03-03'), complaint('2026-03-03'))
    expect(kinds(findings)).toEqual(['open orange 3', 'growth orange 5', 'day orange 7', 'level red 8'])
    expect(new Set(findings.map(({ alertId }) => alertId)).size).toBe(1)
    expect(findings[0]?.anchor).toEqual({ source: '/test', id: 'E2' })
  })

  it('says when the newest window no longer fulfils, and goes on within 30 days', () => {
    const findings = runTold(...complaints('2026-03-02', 3), complaint('2026-03-20'), ...complaints('2026-04-01', 4))
    expect(kinds(findings)).toEqual(['open orange 3', 'end orange 1', 'level orange 3'])
    expect(new Set(findings.map(({ alertId }) => alertId)).size).toBe(1)
    expect(findings[2]).toMatchObject({ firstEventTime: time('2026-03-02'), lastEventTime: time('2026-04-01') })
  })

  it.each([
    { second: '2026-04-01', alerts: 1 },
    { second: '2026-04-02', alerts: 2 },
  ])('is over when the next fulfilling event is more than 30 days on: $second', ({ second, alerts }) => {
    const findings = runTold(...complaints('2026-03-02', 3), ...complaints(second, 3))
    expect(new Set(findings.map(({ alertId }) => alertId)).size).toBe(alerts)
  })

  it('keeps its id when a late event moves its first time', () => {
    const told = [...complaints('2026-03-05', 3), complaint('2026-03-04'), ...complaints('2026-03-06', 2)]
    const findings = runTold(...told)
    expect(kinds(findings)).toEqual(['open orange 3', 'growth orange 5'])
    expect(findings[1]?.alertId).toBe(findings[0]?.alertId)
    expect(findings[1]?.firstEventTime).toBe(time('2026-03-04'))
  })

  it('may be opened by a late event in a window that ends before it was known', () => {
    const findings = runTold(complaint('2026-03-04T08:00'), complaint('2026-03-06T09:00'), complaint('2026-03-05'))
    expect(kinds(findings)).toEqual(['open orange 3'])
    expect(findings[0]?.anchor.id).toBe('E2')
    expect(findings[0]?.lastEventTime).toBe(time('2026-03-06T09:00'))
  })

  it('shows the newest 64 contributing events of its newest fulfilling window, newest first, and counts all', () => {
    const told = [complaint('2026-02-20'), ...complaints('2026-03-02T09:00', 70), ...complaints('2026-03-03', 30)]
    const { evidence } = runTold(...told).at(-1) as Finding
    expect(evidence.eventsTotal).toBe(evidence.observed)
    expect(evidence.events.length).toBe(Math.min(64, evidence.eventsTotal))
    expect(evidence.events[0]).toEqual({ seq: evidence.position.seq, index: 0 })
    expect(evidence.events.map(({ seq }) => seq)).toEqual(
      [...evidence.events.map(({ seq }) => seq)].sort((a, b) => b - a),
    )
    expect([formatTime(evidence.from), formatTime(evidence.to)]).toEqual([
      '2026-02-25T00:00:00+08:00',
      '2026-03-04T00:00:00+08:00',
    ])
  })

  it('shows nothing that lies outside the window', () => {
    const told = [complaint('2026-02-22'), complaint('2026-02-23'), ...complaints('2026-03-02', 3)]
    expect(runTold(...told)[0]?.evidence).toMatchObject({
      events: [
        { seq: 5, index: 0 },
        { seq: 4, index: 0 },
        { seq: 3, index: 0 },
      ],
      eventsTotal: 3,
    })
  })

  it('names every county it touches, that of the opening event first', () => {
    const regions = ['140105', '140106', '140105', '140107', '140108']
    const findings = runTold(...regions.map((region) => complaint('2026-03-02', { region, industry: '6210' })))
    expect(findings[0]).toMatchObject({ region: '140105', industry: '6210', enterprises: [KEY] })
    expect([...(findings.at(-1)?.regions ?? [])].sort()).toEqual(['140105', '140106', '140107', '140108'])
  })

  it('is historic when its last event was over 30 days old at the opening', () => {
    const old = runTold(...complaints('2011-03-02', 3, { receivedAt: time('2026-03-02') }))
    const fresh = runTold(...complaints('2026-02-02', 3, { receivedAt: time('2026-03-02') }))
    expect([old[0]?.historic, fresh[0]?.historic]).toEqual([true, false])
  })
})

describe('backfill', () => {
  const backfill = { backfill: true }

  it('is never judged', () => {
    expect(runTold(...complaints('2026-03-02', 9, backfill))).toEqual([])
  })

  it('holds the trigger silently until the level rises', () => {
    const findings = runTold(...complaints('2026-03-02', 5, backfill), ...complaints('2026-03-03', 4))
    expect(kinds(findings)).toEqual(['open red 8'])
    expect(findings[0]?.anchor.id).toBe('E7')
  })

  it('holds it silently until it has fallen below and is crossed again', () => {
    const findings = runTold(
      ...complaints('2026-03-02', 5, backfill),
      complaint('2026-03-03'),
      complaint('2026-03-20'),
      ...complaints('2026-03-21', 2),
    )
    expect(kinds(findings)).toEqual(['open orange 3'])
    expect(findings[0]?.anchor.id).toBe('E8')
  })

  it('that does not hold the trigger counts towards it', () => {
    expect(kinds(runTold(...complaints('2026-03-02', 2, backfill), complaint('2026-03-03')))).toEqual(['open orange 3'])
  })

  it('that has slid out of the window when the next event comes holds nothing', () => {
    const findings = runTold(...complaints('2026-03-02', 3, backfill), ...complaints('2026-03-12', 3))
    expect(kinds(findings)).toEqual(['open orange 3'])
  })
})

describe('test events', () => {
  it('live in a key space of their own', () => {
    const real = [complaint('2026-03-02'), complaint('2026-03-02'), complaint('2026-03-03'), complaint('2026-03-03')]
    const tests = complaints('2026-03-02', 9, { test: true })
    const mixed = runTold(real[0] as Told, ...tests, ...real.slice(1))
    expect(kinds(mixed.filter(({ test }) => !test))).toEqual(kinds(runTold(...real)))
    expect(mixed.filter(({ test }) => test).map(({ kind }) => kind)).toEqual(['open', 'growth', 'level'])
  })
})

describe('stock', () => {
  const stocked = countingDetector({
    windows: { recent: { days: 7, distinct: true } },
    lateness: 3,
    threshold: 3,
    red: 5,
    stock: true,
  })
  const arrives = (at: string, more: Partial<Told> = {}) => complaint(at, more)
  const leaves = (at: string, more: Partial<Told> = {}) => complaint(at, { data: { stock: -1 }, ...more })
  const runStock = (...told: Told[]) =>
    run(
      [stocked],
      told.reduce((log, event) => log.rows(event), new TestLog()),
    )

  it('ends when the newest window and what is there no longer fulfil; a departure opens nothing', () => {
    const findings = runStock(
      arrives('2026-03-02'),
      arrives('2026-03-02'),
      arrives('2026-03-02'),
      leaves('2026-04-20'),
      leaves('2026-04-21'),
      arrives('2026-04-22'),
      arrives('2026-04-23'),
    )
    expect(kinds(findings)).toEqual(['open orange 3', 'end orange 2', 'open orange 3'])
  })

  it('opens no second alert by a departure that leaves enough, however long after the first', () => {
    const told = [
      ...Array.from({ length: 5 }, () => arrives('2026-03-02')),
      leaves('2026-06-01'),
      arrives('2026-06-02'),
    ]
    const findings = runStock(...told)
    expect(kinds(findings)).toEqual(['open orange 3', 'level red 5', 'open red 5'])
    expect(findings[2]?.anchor.id).toBe('E6')
  })

  it('changes in log order with what comes too late as well', () => {
    const tooLate = { at: time('2026-01-01') }
    const findings = runStock(
      arrives('2026-03-02'),
      arrives('2026-03-02', tooLate),
      arrives('2026-03-02', tooLate),
      arrives('2026-03-12'),
    )
    expect(kinds(findings)).toEqual(['open orange 4'])
  })

  it('keeps its key however long nothing happens', () => {
    const log = new TestLog().rows(arrives('2026-03-02'), arrives('2026-03-02'))
    for (let month = 4; month <= 9; month++) log.tick(time(`2026-0${month}-01`))
    expect(kinds(run([stocked], log.rows(arrives('2026-10-01'))))).toEqual(['open orange 3'])
  })

  it('falls a level when one leaves', () => {
    const told = [...Array.from({ length: 5 }, () => arrives('2026-03-02')), leaves('2026-03-20'), leaves('2026-03-21')]
    expect(kinds(runStock(...told))).toEqual(['open orange 3', 'level red 5', 'level orange 4'])
  })
})

describe('thinning', () => {
  it.each([
    [{ level: 'orange', observed: 5, day: 1 }, { level: 'orange', observed: 7, day: 1 }, null],
    [{ level: 'orange', observed: 5, day: 1 }, { level: 'orange', observed: 8, day: 1 }, 'growth'],
    [{ level: 'orange', observed: 5, day: 1 }, { level: 'orange', observed: 5, day: 2 }, 'day'],
    [{ level: 'orange', observed: 5, day: 1 }, { level: 'red', observed: 5, day: 1 }, 'level'],
    [{ level: null, observed: 5, day: 1 }, { level: 'orange', observed: 5, day: 1 }, 'level'],
    [{ level: 'orange', observed: 0, day: 1 }, { level: 'orange', observed: 0, day: 1 }, null],
  ] as const)('%j then %j: %s', (told, now, kind) => {
    expect(thin(told, now)).toBe(kind)
  })
})
