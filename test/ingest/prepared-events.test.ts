import { describe, expect, it } from 'vitest'
import { canonical, NOW, pressed } from './setting.ts'

describe('prepared events', () => {
  const events = [
    canonical(),
    canonical({ source: '/sx/"quoted\\" 店', data: { text: '火锅'.repeat(100_000) } }),
    canonical({ subject: '', time: -1, region: '140106', industry: '6210', backfill: true }),
    canonical({ time: Date.UTC(1949, 9, 1), regionOriginal: '140121', test: true, retracts: 'another' }),
    canonical({ type: 'enterprise.registered', industry: '01', time: NOW + 1 }),
  ]

  it('are the events they were made of', () => {
    const made = pressed(events)
    expect(events.map((_, index) => made.event(index))).toEqual(events)
    expect(events.map((_, index) => made.type(index))).toEqual(events.map(({ type }) => type))
  })

  it('say whether any of them corrects another', () => {
    expect(pressed(events).hasRetraction()).toBe(true)
    expect(pressed(events.filter(({ retracts }) => retracts === '')).hasRetraction()).toBe(false)
    expect(pressed([]).hasRetraction()).toBe(false)
  })

  it('say what is counted of each', () => {
    const made = pressed(events)
    for (const [index, { subject, industry, ...event }] of events.entries()) {
      const { subject: hasSubject, industry: hasIndustry, ...outline } = made.outline(index)
      expect(event).toMatchObject(outline)
      expect([hasSubject !== '', hasIndustry !== '']).toEqual([subject !== '', industry !== ''])
    }
  })
})
