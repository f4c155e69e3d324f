import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ACTIONS, ALLOWED, statusAfter } from '../../src/alerts/lifecycle.ts'
import { ALERT_STATUSES, type AlertStatus, type StoredAlert } from '../../src/model/alert.ts'
import { formatTime } from '../../src/model/time.ts'
import { MemoryBucket } from '../support/memory-bucket.ts'
import { finding, MONDAY } from './findings.ts'
import { type Office, openOffice } from './office.ts'

/** What the interface promises, written out: status, action, status after (null: not allowed). */
const PROMISED: Record<AlertStatus, Record<(typeof ACTIONS)[number], AlertStatus | null>> = {
  open: {
    acknowledge: 'acknowledged',
    assign: 'open',
    dismiss: 'dismissed',
    comment: 'open',
    verify: null,
    measure: null,
    close: null,
    reopen: null,
  },
  acknowledged: {
    acknowledge: 'acknowledged',
    assign: 'acknowledged',
    dismiss: 'dismissed',
    comment: 'acknowledged',
    verify: 'handling',
    measure: 'handling',
    close: null,
    reopen: null,
  },
  handling: {
    acknowledge: 'handling',
    assign: 'handling',
    dismiss: 'dismissed',
    comment: 'handling',
    verify: 'handling',
    measure: 'handling',
    close: 'closed',
    reopen: null,
  },
  closed: {
    acknowledge: null,
    assign: null,
    dismiss: null,
    comment: 'closed',
    verify: null,
    measure: null,
    close: null,
    reopen: 'open',
  },
  dismissed: {
    acknowledge: null,
    assign: null,
    dismiss: null,
    comment: 'dismissed',
    verify: null,
    measure: null,
    close: null,
    reopen: 'open',
  },
}

const PAIRS = ALERT_STATUSES.flatMap((status) => ACTIONS.map((action) => [status, action] as const))

describe('the lifecycle', () => {
  it.each(PAIRS)('%s, %s: as the interface promises', (status, action) => {
    const promised = PROMISED[status][action]
    expect(ALLOWED[status].some((allowed) => allowed === action)).toBe(promised !== null)
    if (promised !== null) expect(statusAfter(status, action)).toBe(promised)
  })
})

describe('an officer', () => {
  let bucket: MemoryBucket<StoredAlert>
  let office: Office

  beforeEach(async () => {
    bucket = new MemoryBucket<StoredAlert>()
    office = await openOffice({ bucket })
    await office.receives(finding({ at: 1 }))
  })
  afterEach(() => office.closes())

  /** Everything that any action needs. */
  const words = {
    reason: '已核实',
    note: '已核实',
    result: '现场无人',
    assignee: 'officer-8',
    manner: 'on-site',
    measure: 'interview',
    outcome: 'confirmed',
  }

  /** Brings the alert into a status, as earlier actions have. */
  async function given(status: AlertStatus): Promise<number> {
    const entry = await bucket.get('surge-1')
    if (entry === null) throw new Error('no alert')
    return bucket.update('surge-1', { ...entry.value, status, stage: status }, entry.revision)
  }

  it.each(PAIRS)('on an alert %s, %s: done, or refused with what is allowed', async (status, action) => {
    const revision = await given(status)
    const acted = office.desk.act('surge-1', { action, ...words }, revision, { id: 'officer-7' })
    const promised = PROMISED[status][action]
    if (promised !== null) {
      await expect(acted).resolves.toMatchObject({ status: promised, stage: promised, revision: revision + 1 })
    } else {
      await expect(acted).rejects.toMatchObject({
        code: 'action.not-allowed',
        details: { allowed: ALLOWED[status] },
      })
      expect((await bucket.get('surge-1'))?.revision).toBe(revision)
    }
  })

  it('leaves a line of history with time, id, action and words, and reads what was done at once', async () => {
    office.clock.time = MONDAY + 3_600_000
    const alert = await office.officer('dismiss', { reason: ' 同行恶意投诉 ', note: '见附件' })
    expect(alert.history.at(-1)).toEqual({
      at: formatTime(MONDAY + 3_600_000),
      by: 'officer-7',
      action: 'dismiss',
      note: '同行恶意投诉\n见附件',
      from: 'open',
      to: 'dismissed',
    })
    expect(alert).toMatchObject({ updatedAt: formatTime(MONDAY + 3_600_000), openedAt: formatTime(MONDAY) })
    expect(office.alert()).toEqual(alert)
  })

  it.each([
    ['nobody knows the alert', 'another', null, {}, 'not-found'],
    ['no revision is given', 'surge-1', null, {}, 'revision.required'],
    ['the revision is old', 'surge-1', 9, {}, 'revision.stale'],
    ['the revision is no number', 'surge-1', Number.NaN, { action: 'acknowledge' }, 'revision.stale'],
    ['the request is none', 'surge-1', 1, 'acknowledge', 'request.invalid'],
    ['the action does not exist', 'surge-1', 1, { action: 'praise' }, 'request.invalid'],
    ['a dismissal lacks its reason', 'surge-1', 1, { action: 'dismiss', note: 'x', reason: '  ' }, 'request.invalid'],
    ['a comment says nothing', 'surge-1', 1, { action: 'comment' }, 'request.invalid'],
    ['the words are no text', 'surge-1', 1, { action: 'comment', note: 7 }, 'request.invalid'],
    ['the words are too many', 'surge-1', 1, { action: 'comment', note: 'x'.repeat(2_001) }, 'request.invalid'],
    ['an assignment names nobody', 'surge-1', 1, { action: 'assign', assignee: ' ' }, 'request.invalid'],
    ['a verification does not say how', 'surge-1', 1, { action: 'verify', result: 'x' }, 'request.invalid'],
    ['a verification found nothing to say', 'surge-1', 1, { action: 'verify', manner: 'phone' }, 'request.invalid'],
    ['a measure is none of the four', 'surge-1', 1, { action: 'measure', measure: '警告' }, 'request.invalid'],
    ['an alert is closed without outcome', 'surge-1', 1, { action: 'close' }, 'request.invalid'],
    ['it is closed as only the system may', 'surge-1', 1, { action: 'close', outcome: 'withdrawn' }, 'request.invalid'],
  ])('is refused when %s', async (_when, id, revision, request, code) => {
    await expect(office.desk.act(id, request, revision, { id: 'officer-7' })).rejects.toMatchObject({ code })
    expect(office.alert().revision).toBe(1)
  })

  it('takes an alert from assignment to its outcome, and every step says what it said', async () => {
    await office.officer('acknowledge')
    await office.officer('assign', { assignee: '消保科 13800000000' })
    expect(office.alert().assignee).toBe('消保科 [电话]')
    await office.officer('assign', { assignee: 'k1380000000012345' })
    expect(office.alert().assignee).toBe('k1380000000012345')
    await office.officer('assign', { assignee: ' officer-8 ' })
    expect(office.alert().assignee).toBe('officer-8')
    await office.officer('verify', { manner: 'on-site', result: '店内无人，电话13800000000', note: '见照片' })
    await office.officer('measure', { measure: 'interview' })
    await office.officer('measure', { measure: 'inspection' })
    await office.officer('measure', { measure: 'interview' })
    await office.officer('assign', { assignee: null })
    const closed = await office.officer('close', { outcome: 'partly', note: '已退款' })
    expect(closed).toMatchObject({
      status: 'closed',
      outcome: 'partly',
      assignee: null,
      measures: ['interview', 'inspection'],
    })
    expect(closed.history.slice(-7).map(({ action, detail, note }) => ({ action, detail, note }))).toEqual([
      { action: 'assign', detail: { assignee: 'officer-8' } },
      // What identifies people does not stay in an officer's words.
      { action: 'verify', detail: { manner: 'on-site' }, note: '店内无人，电话[电话]\n见照片' },
      { action: 'measure', detail: { measure: 'interview' } },
      { action: 'measure', detail: { measure: 'inspection' } },
      { action: 'measure', detail: { measure: 'interview' } },
      { action: 'assign', detail: { assignee: null } },
      { action: 'close', detail: { outcome: 'partly' }, note: '已退款' },
    ])
    const reopened = await office.officer('reopen')
    expect(reopened).toMatchObject({ status: 'open', outcome: null, measures: ['interview', 'inspection'] })
  })

  it('is told of a wrong request before a status that does not allow it', async () => {
    const revision = await given('dismissed')
    const acted = office.desk.act('surge-1', { action: 'dismiss' }, revision, { id: 'officer-7' })
    await expect(acted).rejects.toMatchObject({ code: 'request.invalid' })
  })

  it('must read again when the desk was faster with a new finding', async () => {
    bucket.afterGet = async () => {
      bucket.afterGet = null
      await office.receives(finding({ at: 2, kind: 'growth', observed: 9 }))
    }
    const acted = office.desk.act('surge-1', { action: 'dismiss', reason: '误报' }, 1, { id: 'officer-7' })
    await expect(acted).rejects.toMatchObject({ code: 'revision.stale' })
    expect(office.alert()).toMatchObject({ status: 'open', findings: 2 })
  })

  it('who moves a withdrawn alert has decided: what was before does not come back', async () => {
    await office.receives(finding({ at: 2, kind: 'withdrawn' }))
    const revision = await given('open')
    await office.desk.act('surge-1', { action: 'dismiss', reason: '误报' }, revision, { id: 'officer-7' })
    await office.receives(finding({ at: 3, kind: 'correction' }))
    expect(office.alert().status).toBe('dismissed')
  })
})
