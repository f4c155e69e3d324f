import { describe, expect, it } from 'vitest'
import { earlierAlerts } from '../../src/alerts/earlier-alerts.ts'
import { LINES_OF_WORK } from '../../src/alerts/lines-of-work.ts'
import { recommendation } from '../../src/alerts/recommendation.ts'
import { merge } from '../../src/alerts/stages/merge.ts'
import type { Outcome, StoredAlert } from '../../src/model/alert.ts'
import { LEVELS, type Level } from '../../src/model/level.ts'
import { DAY_MS } from '../../src/model/time.ts'
import { EPOCH, finding, MONDAY } from './findings.ts'

interface AlertWords {
  readonly at: number
  readonly daysAgo?: number
  readonly level?: Level
  readonly measures?: readonly string[]
  readonly outcome?: Outcome
  readonly status?: StoredAlert['status']
  readonly detector?: string
  readonly address?: boolean
  readonly code?: string
  readonly historic?: boolean
  readonly test?: boolean
}

function alert(words: AlertWords): StoredAlert {
  const { at, daysAgo = 0, level = 'orange', measures = [], outcome = null, status = 'open' } = words
  const opening = finding({
    at,
    level,
    alert: `alert-${at}`,
    lastEvent: MONDAY - daysAgo * DAY_MS,
    historic: words.historic ?? false,
    test: words.test ?? false,
    ...(words.address ? { address: 'a1' } : {}),
  })
  const merged = merge({
    before: null,
    at: '2026-11-23T08:00:00+08:00',
    verdict: { finding: opening, events: [], eventsPending: 0, name: null },
  })
  if ('dropped' in merged) throw new Error(merged.dropped)
  const { detector = merged.alert.detector, code = merged.alert.code } = words
  return { ...merged.alert, measures, outcome, status, detector, code }
}

function advice(now: StoredAlert, ...others: StoredAlert[]) {
  return recommendation(now, earlierAlerts(now, others))
}

describe('the recommended measure', () => {
  it('of a first surge is an interview, and the reasons name level and history', () => {
    const { measure, because } = advice(alert({ at: 9 }))
    expect(measure).toBe('interview')
    expect(because.map(({ zh }) => zh)).toEqual([
      '投诉激增（CMP-01）达到橙级，首选处置为约谈。',
      '近365天没有其他预警。',
    ])
    expect(because[0]?.en).toBe('Complaint surge (CMP-01) at level orange: the first answer is an interview.')
  })

  it.each([
    ['red', 'inspection'],
    ['orange', 'interview'],
    ['yellow', 'warning'],
    ['blue', 'reminder'],
  ] as const)('of a surge at level %s begins with %s', (level, measure) => {
    expect(advice(alert({ at: 9, level })).measure).toBe(measure)
  })

  it('goes one rung above an equal measure on record', () => {
    const now = alert({ at: 9, level: 'blue' })
    expect(advice(now, alert({ at: 1, measures: ['reminder'] })).measure).toBe('warning')
    expect(advice(now, alert({ at: 1, measures: ['reminder', 'interview'] })).measure).toBe('inspection')
    expect(advice(now, alert({ at: 1, measures: ['interview'] })).because.at(-1)?.en).toContain(
      'an interview is on record',
    )
  })

  it('is not moved by a milder measure on record', () => {
    expect(advice(alert({ at: 9 }), alert({ at: 1, measures: ['reminder'] })).measure).toBe('interview')
  })

  it('goes up when an earlier alert of the subject was confirmed, of whatever detector', () => {
    const confirmed = alert({ at: 1, outcome: 'confirmed', status: 'closed', detector: 'frequent-address-change' })
    const { measure, because } = advice(alert({ at: 9 }), confirmed)
    expect(measure).toBe('inspection')
    expect(because.at(-1)?.zh).toBe('近365天有1条预警经核查属实。')
  })

  it('goes up at the third alert of the same detector that stood', () => {
    const stood = [alert({ at: 1 }), alert({ at: 2 })]
    expect(advice(alert({ at: 9 }), ...stood).measure).toBe('inspection')
    expect(advice(alert({ at: 9 }), ...stood.slice(1)).measure).toBe('interview')
    expect(advice(alert({ at: 9 }), alert({ at: 1, status: 'dismissed' }), alert({ at: 2 })).measure).toBe('interview')
    expect(advice(alert({ at: 9 }), alert({ at: 1, outcome: 'withdrawn' }), alert({ at: 2 })).measure).toBe('interview')
  })

  it('knows nothing of what was a test, and a test nothing of what was none', () => {
    const confirmed = { at: 1, outcome: 'confirmed', status: 'closed' } as const
    expect(earlierAlerts(alert({ at: 9 }), [alert({ ...confirmed, test: true })]).previous).toBeNull()
    expect(advice(alert({ at: 9 }), alert({ ...confirmed, test: true })).measure).toBe('interview')
    expect(advice(alert({ at: 9, test: true }), alert(confirmed)).measure).toBe('interview')
    expect(advice(alert({ at: 9, test: true }), alert({ ...confirmed, test: true })).measure).toBe('inspection')
  })

  it('forgets what is more than 365 days back, and what came after', () => {
    const long = alert({ at: 1, daysAgo: 366, outcome: 'confirmed' })
    const after = alert({ at: 10, outcome: 'confirmed' })
    expect(advice(alert({ at: 9 }), long, after).measure).toBe('interview')
    expect(earlierAlerts(alert({ at: 9 }), [long, after]).previous).toBe(long.id)
  })

  it('of an address stays on the rungs an address has', () => {
    const now = alert({ at: 9, level: 'yellow', address: true })
    expect(advice(now).measure).toBe('reminder')
    expect(advice(now, alert({ at: 1, address: true, outcome: 'partly' })).measure).toBe('inspection')
    expect(advice(alert({ at: 9, address: true }), alert({ at: 1, address: true, outcome: 'partly' }))).toMatchObject({
      measure: 'inspection',
      tasks: ['verify-on-site'],
    })
  })

  it('of a historic alert says that things must be looked at first', () => {
    expect(
      advice(alert({ at: 9, historic: true }))
        .because.map(({ en }) => en)
        .join(),
    ).toContain('30 days old')
  })

  it('of a detector without a line of work is to analyse, which is no measure', () => {
    expect(advice(alert({ at: 9, code: 'NEW-01' }))).toMatchObject({ measure: null, tasks: ['analyse'] })
  })

  it('orders alerts of two logs by the desk', () => {
    const old = {
      ...alert({ at: 90 }),
      openedAt: '2026-01-01T08:00:00+08:00',
      openedPosition: { epoch: 'f0', seq: 90, index: 0 },
    }
    expect(old.openedPosition.epoch).not.toBe(EPOCH)
    expect(earlierAlerts(alert({ at: 9 }), [old]).previous).toBe(old.id)
  })
})

describe('the lines of work', () => {
  it.each(Object.entries(LINES_OF_WORK))('%s: every first answer stands on its ladder', (_code, line) => {
    for (const level of LEVELS) {
      const first = line.firstMeasure[level]
      if (first !== null) expect(line.ladder).toContain(first)
    }
  })
})
