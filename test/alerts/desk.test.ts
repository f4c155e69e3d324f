import { afterEach, describe, expect, it } from 'vitest'
import { createSave } from '../../src/alerts/stages/save.ts'
import { addressKey } from '../../src/model/address.ts'
import type { StoredAlert } from '../../src/model/alert.ts'
import { formatTime } from '../../src/model/time.ts'
import { MemoryBucket } from '../support/memory-bucket.ts'
import { EPOCH, eventAt, finding, HOT_POT, MONDAY } from './findings.ts'
import { type Office, type OfficeOptions, openOffice, Post, until } from './office.ts'

let office: Office | null = null

async function open(options?: OfficeOptions): Promise<Office> {
  office = await openOffice(options)
  return office
}

afterEach(async () => {
  await office?.closes()
  office = null
})

describe('a finding opens an alert', () => {
  it('with name, evidence, division, office and a recommendation', async () => {
    const { receives, alert, metrics } = await open()
    await receives(finding({ at: 7, observed: 6, counties: ['140105', '140106'] }))
    expect(alert()).toMatchObject({
      id: 'surge-1',
      revision: 1,
      status: 'open',
      stage: 'open',
      level: 'orange',
      code: 'CMP-01',
      previous: null,
      subject: { kind: 'enterprise', key: HOT_POT, name: '火锅店甲', enterprises: [HOT_POT], hidden: 0 },
      region: '140105',
      regions: ['140105', '140106'],
      department: '消保处',
      office: '140105',
      findings: 1,
      openedAt: formatTime(MONDAY),
      updatedAt: formatTime(MONDAY),
      deadlines: { acknowledge: null, verify: null, handle: null },
      outcome: null,
      history: [{ at: formatTime(MONDAY), by: 'system', action: 'opened', to: 'open' }],
    })
    expect(alert().evidence).toMatchObject({
      observed: 6,
      from: '2026-11-16T08:07:00+08:00',
      to: '2026-11-23T08:07:00+08:00',
      events: [{ source: '/sx/12315', id: 'event-7.0' }],
      eventsPending: 0,
      position: { epoch: EPOCH, seq: 7, index: 0 },
      series: [['2026-11-22T08:07:00+08:00', 6]],
      params: { minimum: 5 },
    })
    expect(alert().recommendation.measure).toBe('interview')
    expect(alert()).not.toHaveProperty('appliedPosition')
    expect(await metrics.registry.getSingleMetricAsString('yujing_alerts_total')).toContain(
      'detector="complaint-surge",level="orange"} 1',
    )
  })

  it('under the code of the enterprise while the register does not know its name', async () => {
    let name: string | null = null
    const { receives, alert } = await open({ name: async () => name })
    await receives(finding({ at: 1 }))
    expect(alert().subject.name).toBe(HOT_POT)
    name = '火锅店甲'
    await receives(finding({ at: 2, kind: 'growth' }))
    expect(alert().subject.name).toBe('火锅店甲')
  })

  it('under the code until a slow register answers, without waiting for it or for another finding', async () => {
    const answers: ((name: string) => void)[] = []
    const { receives, alert } = await open({ name: () => new Promise((answer) => answers.push(answer)) })
    await receives(finding({ at: 1 }))
    expect(alert().subject.name).toBe(HOT_POT)
    for (const answer of answers) answer('火锅店甲')
    await until(() => alert().subject.name === '火锅店甲')
    expect(alert()).toMatchObject({ findings: 1, status: 'open', history: [{ action: 'opened' }] })
  })

  it('under the normalised words of the address, taken from an event that carries them', async () => {
    const text = '山西省太原市小店区 长治路一百零五号'
    const key = addressKey('140105', text) ?? ''
    const events = [eventAt(1, 0, { address: '别处1号' }), eventAt(2, 0, { address: text })]
    const { receives, alert } = await open({ eventsAt: async () => events })
    await receives(finding({ at: 2, alert: 'address-1', address: key, events: events.map((e) => e.position) }))
    expect(alert('address-1')).toMatchObject({
      subject: { kind: 'address', key, name: '长治路105号' },
      department: '注册处',
      recommendation: { measure: 'inspection', tasks: ['verify-on-site'] },
    })
  })

  it('for an end or a withdrawal of what was never said, no alert', async () => {
    const { receives, desk, metrics } = await open()
    await receives(finding({ at: 1, kind: 'end' }), finding({ at: 2, kind: 'withdrawn' }))
    expect(desk.book.list({ visible: () => true }).items).toEqual([])
    expect(await metrics.registry.getSingleMetricAsString('yujing_drops_total')).toContain('reason="nothing-open"} 2')
  })

  it('and names the alert of the same detector and key before it', async () => {
    const { receives, alert } = await open()
    await receives(
      finding({ at: 1, alert: 'first' }),
      finding({ at: 2, alert: 'at-an-address', address: HOT_POT }),
      finding({ at: 3, alert: 'second' }),
      finding({ at: 4, alert: 'third' }),
    )
    expect([alert('first').previous, alert('second').previous, alert('third').previous]).toEqual([
      null,
      'first',
      'second',
    ])
    expect(alert('at-an-address').previous).toBeNull()
  })
})

describe('evidence that cannot be looked up', () => {
  it('does not hold the alert up, and is completed later', async () => {
    let away = true
    const { receives, alert } = await open({
      eventsAt: async (positions) => {
        if (away) throw new Error('the store is away')
        return positions.map(({ seq, index }) => eventAt(seq, index))
      },
    })
    await receives(
      finding({
        at: 3,
        events: [
          { seq: 3, index: 0 },
          { seq: 2, index: 1 },
        ],
      }),
    )
    expect(alert().evidence).toMatchObject({ events: [], eventsPending: 2 })
    away = false
    await until(() => alert().evidence.eventsPending === 0)
    expect(alert().evidence.events.map(({ id }) => id)).toEqual(['event-3.0', 'event-2.1'])
    expect(alert().findings).toBe(1)
  })

  it('is asked for again at the opening, because the store may be a little behind', async () => {
    let asked = 0
    const { receives, alert } = await open({
      lookAgainMs: 60_000,
      eventsAt: async ([position]) => {
        asked += 1
        return [asked < 3 || position === undefined ? null : eventAt(position.seq, position.index)]
      },
    })
    await receives(finding({ at: 3 }))
    expect(alert()).toMatchObject({ revision: 1, evidence: { eventsPending: 0, events: [{ id: 'event-3.0' }] } })
  })

  it('never holds an alert up longer than half a second, even by a store that never answers', async () => {
    const { receives, alert } = await open({ eventsAt: () => new Promise(() => {}), name: () => new Promise(() => {}) })
    await receives(finding({ at: 3 }))
    expect(alert()).toMatchObject({ subject: { name: HOT_POT }, evidence: { eventsPending: 1 } })
    await new Promise((resolve) => setTimeout(resolve, 30))
    // Without the bound neither would ever come: the test's own time limit is the judge.
    await office?.closes()
  })
})

describe('later findings', () => {
  it('replace the evidence, unite the counties, and never lower the level', async () => {
    const { receives, alert } = await open()
    await receives(
      finding({ at: 1, level: 'orange', counties: ['140105'] }),
      finding({ at: 2, kind: 'level', level: 'red', observed: 20, counties: ['140105', '140107'] }),
      finding({ at: 3, kind: 'level', level: 'orange', observed: 8, counties: ['140106'] }),
    )
    expect(alert()).toMatchObject({
      level: 'red',
      findings: 3,
      region: '140105',
      regions: ['140105', '140106', '140107'],
      evidence: { observed: 8 },
      lastEventTime: formatTime(MONDAY + 180_000),
      recommendation: { measure: 'inspection' },
    })
    expect(alert().history.map(({ action }) => action)).toEqual(['opened', 'raised'])
  })

  it('an end counts and leaves evidence, sentence and times as they were', async () => {
    const { receives, alert } = await open()
    await receives(finding({ at: 1, observed: 6 }), finding({ at: 2, kind: 'end', observed: 1 }))
    expect(alert()).toMatchObject({
      findings: 2,
      status: 'open',
      evidence: { observed: 6 },
      summary: { zh: '7天内6人投诉' },
      lastEventTime: formatTime(MONDAY + 60_000),
    })
    expect((await office?.stored())?.appliedPosition.seq).toBe(2)
  })

  it('seen before are no-ops and counted', async () => {
    const { receives, alert, metrics } = await open()
    const [first, second] = [finding({ at: 1 }), finding({ at: 2, kind: 'growth', observed: 9 })]
    await receives(first, second)
    const { revision } = alert()
    await receives(first, second, first)
    expect(alert().revision).toBe(revision)
    expect(await metrics.registry.getSingleMetricAsString('yujing_drops_total')).toContain(
      'reason="already-applied"} 3',
    )
  })

  it('of a new log count as newer', async () => {
    const { receives, alert } = await open()
    await receives(finding({ at: 90 }), finding({ at: 2, kind: 'growth', observed: 9, epoch: 'f0f0f0f0f0f0f0f0' }))
    expect(alert()).toMatchObject({ findings: 2, evidence: { observed: 9, position: { seq: 2 } } })
  })
})

describe('findings for an alert that somebody has judged', () => {
  it('bring new evidence, but not the alert back', async () => {
    const { receives, alert, officer } = await open()
    await receives(finding({ at: 1, observed: 6 }))
    await officer('dismiss', { reason: '已上门核实，系同行恶意投诉' })
    await receives(finding({ at: 2, kind: 'growth', observed: 9 }))
    expect(alert()).toMatchObject({ status: 'dismissed', evidence: { observed: 9 } })
  })

  it('open it again when its level rises, and say so', async () => {
    const { receives, alert, officer } = await open()
    await receives(finding({ at: 1, level: 'orange' }))
    await officer('dismiss', { reason: '重复' })
    await receives(finding({ at: 2, kind: 'level', level: 'red', observed: 25 }))
    expect(alert()).toMatchObject({ status: 'open', level: 'red', outcome: null })
    expect(alert().history.slice(-2)).toMatchObject([
      { by: 'system', action: 'raised', note: 'orange > red' },
      { by: 'system', action: 'reopened', from: 'dismissed', to: 'open' },
    ])
  })
})

describe('a correction that takes the verdict away', () => {
  it('closes the alert from any status with the outcome withdrawn', async () => {
    const { receives, alert, officer } = await open()
    await receives(finding({ at: 1 }))
    await officer('acknowledge')
    await receives(finding({ at: 2, kind: 'withdrawn', observed: 3 }))
    expect(alert()).toMatchObject({ status: 'closed', outcome: 'withdrawn', evidence: { observed: 3 } })
    expect(alert().history.at(-1)).toMatchObject({ by: 'system', action: 'withdrawn', from: 'acknowledged' })
  })

  const correction = {
    kind: 'withdrawn',
    of: { source: '/sx/12315', id: 'wrong' },
    by: { source: '/sx/12315', id: 'sorry' },
    reason: '重复录入',
    level: null,
  } as const

  it('says in the history which event no longer stands, and why', async () => {
    const { receives, alert } = await open()
    await receives(finding({ at: 1 }), finding({ at: 2, kind: 'correction', correction }))
    const note = 'withdrawn: /sx/12315 wrong, by sorry (重复录入)'
    expect(alert().history.at(-1)).toMatchObject({ by: 'system', action: 'corrected', note })
    await receives(finding({ at: 3, kind: 'withdrawn', correction }))
    expect(alert().history.at(-1)).toMatchObject({ action: 'withdrawn', note, to: 'closed' })
  })

  it('takes back the level that never was, and no other', async () => {
    const { receives, alert } = await open()
    const lowered = { ...correction, level: { before: 'red', after: 'yellow' } } as const
    await receives(
      finding({ at: 1, level: 'red' }),
      finding({ at: 2, kind: 'correction', level: 'yellow', correction }),
    )
    expect(alert()).toMatchObject({ level: 'red' })
    await receives(finding({ at: 3, kind: 'correction', level: 'yellow', correction: lowered }))
    expect(alert()).toMatchObject({ level: 'yellow', status: 'open' })
    expect(alert().history.at(-1)).toMatchObject({ action: 'lowered', note: 'red > yellow' })
  })

  it('gives back what it interrupted when the verdict holds again', async () => {
    const { receives, alert, officer } = await open()
    await receives(finding({ at: 1 }), finding({ at: 1, alert: 'noodles', enterprise: '91140212MA0K6317XG' }))
    await officer('acknowledge')
    await officer('dismiss', { reason: '误报' }, 'noodles')
    for (const name of ['surge-1', 'noodles']) {
      const enterprise = name === 'noodles' ? '91140212MA0K6317XG' : HOT_POT
      await receives(
        finding({ at: 2, kind: 'withdrawn', alert: name, enterprise }),
        finding({ at: 3, kind: 'correction', alert: name, enterprise }),
      )
    }
    expect(alert()).toMatchObject({ status: 'acknowledged', outcome: null })
    expect(alert('noodles')).toMatchObject({ status: 'dismissed', outcome: null })
  })
})

describe('saving', () => {
  it('an alert at most once in its rest', async () => {
    const bucket = new MemoryBucket<StoredAlert>()
    const { post, alert } = await open({ bucket, restMs: 500 })
    post.send(finding({ at: 1 }))
    for (let at = 2; at <= 40; at += 1) post.send(finding({ at, kind: 'growth', observed: at + 5 }))
    await until(() => post.allAcknowledged())
    expect(alert()).toMatchObject({ findings: 40, evidence: { observed: 45 } })
    const [opened, gathered] = bucket.writes
    expect((gathered?.at ?? 0) - (opened?.at ?? 0)).toBeGreaterThan(490)
    expect(bucket.writes.length).toBeLessThan(5)
  })

  it('an opening, a rise and a withdrawal at once', async () => {
    // What waited for the end of the rest would not come within this test.
    const { post, alert, desk } = await open({ restMs: 1_000_000 })
    post.send(finding({ at: 1 }))
    await until(() => desk.book.get('surge-1') !== null)
    post.send(finding({ at: 2, kind: 'growth' }), finding({ at: 3, kind: 'level', level: 'red' }))
    await until(() => post.allAcknowledged())
    expect(alert()).toMatchObject({ findings: 3, revision: 2, level: 'red' })
    post.send(finding({ at: 4, kind: 'withdrawn' }))
    await until(() => alert().status === 'closed')
  })

  it('acknowledges nothing before it is saved, and loses nothing when the bucket is away', async () => {
    const bucket = new MemoryBucket<StoredAlert>()
    bucket.fail('before', 'after', 'before')
    const { post, alert } = await open({ bucket })
    post.send(finding({ at: 1 }))
    await until(() => bucket.writes.length === 1)
    expect(post.acknowledged()).toBe(0)
    post.send(finding({ at: 2, kind: 'growth', observed: 9 }))
    await until(() => post.allAcknowledged())
    expect(alert()).toMatchObject({ findings: 2, evidence: { observed: 9 } })
    expect(alert().history).toHaveLength(1)
  })

  it('reads again and applies again when an officer was faster', async () => {
    const bucket = new MemoryBucket<StoredAlert>()
    const { receives, alert, desk } = await open({ bucket })
    await receives(finding({ at: 1 }))
    bucket.beforeUpdate = async () => {
      await desk.act('surge-1', { action: 'acknowledge' }, 1, { id: 'officer-7' })
    }
    await receives(finding({ at: 2, kind: 'growth', observed: 9 }))
    expect(alert()).toMatchObject({ status: 'acknowledged', findings: 2, evidence: { observed: 9 }, revision: 3 })
  })

  it('applies nothing twice when another desk, not yet gone, was faster with the same finding', async () => {
    const bucket = new MemoryBucket<StoredAlert>()
    const { receives, alert, metrics } = await open({ bucket })
    await receives(finding({ at: 1 }))
    const other = await openOffice({ bucket })
    bucket.beforeUpdate = async () => {
      await other.receives(finding({ at: 2, kind: 'growth', observed: 9 }))
    }
    await receives(finding({ at: 2, kind: 'growth', observed: 9 }))
    await other.closes()
    expect(alert()).toMatchObject({ findings: 2, revision: 2 })
    expect(await metrics.registry.getSingleMetricAsString('yujing_drops_total')).toContain(
      'reason="already-applied"} 1',
    )
  })

  it('decides anew on what somebody faster has written, at once and as often as it takes', async () => {
    const bucket = new MemoryBucket<StoredAlert>()
    const { receives, stored } = await open({ bucket })
    await receives(finding({ at: 1 }))
    const alert = await stored()
    let faster = 3
    bucket.afterGet = async () => {
      if (faster > 0) await bucket.put('surge-1', { ...alert, findings: 100 - --faster })
    }
    const seen: (number | undefined)[] = []
    const find = async (id: string) => {
      const entry = await bucket.get(id)
      return entry === null ? null : { ...entry, archived: false }
    }
    const saved = await createSave(bucket, find, () => undefined)('surge-1', 0, (before) => {
      seen.push(before?.findings)
      return before === null ? null : { ...before, assignee: 'officer-7' }
    })
    expect(seen).toEqual([1, 98, 99, 100])
    expect(saved?.alert).toMatchObject({ findings: 100, assignee: 'officer-7' })
  })

  it('asks the bucket for nothing that the book shows, and finds out when the book is behind', async () => {
    const bucket = new MemoryBucket<StoredAlert>()
    const asked: string[] = []
    bucket.afterGet = async (id) => void asked.push(id)
    const { receives, stored, alert } = await open({ bucket })
    await receives(finding({ at: 1 }))
    await receives(finding({ at: 2, kind: 'growth', observed: 9 }))
    expect(asked).toEqual([])
    const before = await stored()
    const find = async (id: string) => {
      const entry = await bucket.get(id)
      return entry === null ? null : { ...entry, archived: false }
    }
    const behind = { value: { ...before, findings: 1 }, revision: 1, archived: false }
    const assigned = (now: StoredAlert | null) => now && { ...now, assignee: 'officer-7' }
    await createSave(bucket, find, () => behind)('surge-1', 0, assigned)
    await createSave(bucket, find, () => null)('surge-1', 0, (now) => now && { ...now, office: 'office-7' })
    expect(await stored()).toMatchObject({ findings: 2, assignee: 'officer-7' })
    await until(() => alert().assignee === 'officer-7')
  })

  it('keeps an entry under 64 KiB, however much is said about it', async () => {
    const { receives, officer, alert, stored } = await open()
    await receives(finding({ at: 1 }))
    for (let n = 0; n < 60; n += 1) await officer('comment', { note: `${n} ${'长'.repeat(1_900)}` })
    expect(Buffer.byteLength(JSON.stringify(await stored()))).toBeLessThan(64 * 1024)
    expect(alert().history.length).toBeGreaterThanOrEqual(10)
    expect(alert().history.at(-1)?.note).toMatch(/^59 /)
  })

  it('keeps the newest 50 lines of history', async () => {
    const { receives, officer, alert } = await open()
    await receives(finding({ at: 1 }))
    for (let n = 0; n < 60; n += 1) await officer('comment', { note: String(n) })
    expect(alert().history.map(({ note }) => note)).toEqual(Array.from({ length: 50 }, (_, n) => String(n + 10)))
  })

  it('holds the source back while its hands are full', async () => {
    const bucket = new MemoryBucket<StoredAlert>()
    const { post, desk } = await open({ bucket, restMs: 50 })
    let delivered = 0
    const consume = post.consume.bind(post)
    await desk.stop()
    post.consume = (name, handle, signal) =>
      consume(
        name,
        (one, ack) => {
          delivered += 1
          return handle(one, ack)
        },
        signal,
      )
    const busy = await open({ bucket: new MemoryBucket<StoredAlert>(), post, restMs: 100_000 })
    post.send(...Array.from({ length: 3_000 }, (_, n) => finding({ at: n + 1, kind: n === 0 ? 'open' : 'growth' })))
    await until(() => delivered >= 2_001)
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(delivered).toBe(2_001)
    await busy.closes()
  })
})

describe('a desk that stops and starts', () => {
  it('shows what was saved and takes up what was not acknowledged', async () => {
    const bucket = new MemoryBucket<StoredAlert>()
    const post = new Post()
    const first = await open({ bucket, post, restMs: 100_000 })
    await first.receives(finding({ at: 1 }))
    post.send(finding({ at: 2, kind: 'growth', observed: 9 }))
    await first.closes()
    const second = await open({ bucket, post })
    expect(second.desk.book.get('surge-1')).not.toBeNull()
    await until(() => post.allAcknowledged())
    expect(second.alert()).toMatchObject({ findings: 2, evidence: { observed: 9 } })
  })
})
