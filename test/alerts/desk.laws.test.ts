import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { StoredAlert } from '../../src/model/alert.ts'
import { YujingError } from '../../src/model/errors.ts'
import { FINDING_KINDS, type Finding } from '../../src/model/finding.ts'
import { LEVELS } from '../../src/model/level.ts'
import { MemoryBucket } from '../support/memory-bucket.ts'
import { finding } from './findings.ts'
import { type Office, openOffice, Post, until } from './office.ts'

const ALERTS = ['first', 'second', 'third']

/** Findings of up to three alerts of one enterprise, in the order of the log. */
const findingsInOrder = fc
  .array(
    fc.record({
      alert: fc.constantFrom(...ALERTS),
      kind: fc.constantFrom(...FINDING_KINDS),
      level: fc.constantFrom(...LEVELS),
      observed: fc.nat(99),
      counties: fc.subarray(['140105', '140106', '140107'], { minLength: 1 }),
    }),
    { minLength: 1, maxLength: 25 },
  )
  .map((all) => all.map((words, n) => finding({ ...words, at: n + 1 })))

/** What may happen at any moment beside the next finding. */
const trouble = fc.oneof(
  fc.record({ what: fc.constant('duplicate' as const), which: fc.nat() }),
  fc.record({ what: fc.constant('replay' as const), from: fc.nat() }),
  fc.record({ what: fc.constant('failure' as const), when: fc.constantFrom('before' as const, 'after' as const) }),
  fc.record({ what: fc.constant('pause' as const), ms: fc.integer({ min: 0, max: 4 }) }),
  fc.record({
    what: fc.constant('officer' as const),
    alert: fc.constantFrom(...ALERTS),
    action: fc.constantFrom('acknowledge', 'dismiss', 'comment'),
  }),
)
type Trouble = typeof trouble extends fc.Arbitrary<infer T> ? T : never

/** An officer's act that was done, and the last finding its alert had seen by then. */
interface Done {
  readonly alert: string
  readonly after: number
  readonly action: string
  readonly note: string
}

async function officerActs(office: Office, alert: string, action: string, note: string): Promise<Done | null> {
  const entry = await office.bucket.get(alert)
  if (entry === null) return null
  try {
    const words = action === 'dismiss' ? { reason: note } : { note }
    await office.desk.act(alert, { action, ...words }, entry.revision, { id: 'officer-7' })
    return { alert, action, note, after: entry.value.appliedPosition.seq }
  } catch (error) {
    if (error instanceof YujingError) return null
    throw error
  }
}

async function everything(bucket: MemoryBucket<StoredAlert>): Promise<Map<string, StoredAlert>> {
  return new Map((await bucket.entries()).map(({ key, value }) => [key, value]))
}

/** One finding after the other, each saved before the next; acts where they were done. The measure of the rest. */
async function onceInOrder(findings: readonly Finding[], acts: readonly Done[]): Promise<Map<string, StoredAlert>> {
  const bucket = new MemoryBucket<StoredAlert>()
  const office = await openOffice({ bucket, restMs: 0 })
  for (const one of findings) {
    await office.receives(one)
    for (const { alert, after, action, note } of acts) {
      if (alert === one.alertId && after === one.evidence.position.seq) await officerActs(office, alert, action, note)
    }
  }
  await office.closes()
  return everything(bucket)
}

/** The same findings through a desk that meets trouble between them. */
async function throughTrouble(findings: readonly Finding[], troubles: readonly (readonly Trouble[])[]) {
  const bucket = new MemoryBucket<StoredAlert>()
  const post = new Post()
  const done: Done[] = []
  let failures = 0
  let office = await openOffice({ bucket, post, restMs: 2 })
  for (const [n, one] of findings.entries()) {
    post.send(one)
    for (const event of troubles[n % troubles.length] ?? []) {
      if (event.what === 'duplicate')
        post.send(
          ...findings
            .slice(0, n + 1)
            .slice(event.which % (n + 1))
            .slice(0, 1),
        )
      else if (event.what === 'failure') {
        // Each failure doubles the time to the next attempt: three are enough for the law, and quick.
        if (failures < 3) bucket.fail(event.when)
        failures += 1
      } else if (event.what === 'pause') await new Promise((resolve) => setTimeout(resolve, event.ms))
      else if (event.what === 'replay') {
        await office.closes()
        post.rewind(event.from % (n + 1))
        office = await openOffice({ bucket, post, restMs: 2 })
      } else {
        const act = await officerActs(office, event.alert, event.action, `${done.length}`).catch(() => null)
        if (act !== null) done.push(act)
      }
    }
  }
  await until(() => post.allAcknowledged())
  const alerts = await everything(bucket)
  const shown = new Map([...alerts.keys()].map((id) => [id, office.desk.book.get(id)]))
  await office.closes()
  return { alerts, done, shown }
}

const troublesOf = (kinds: readonly Trouble['what'][]) =>
  fc.array(
    fc.array(
      trouble.filter(({ what }) => kinds.includes(what)),
      { maxLength: 2 },
    ),
    { minLength: 1, maxLength: 8 },
  )

describe('the law of the desk', () => {
  it('duplicates, replays from any point, lost answers: the same alerts as once in order, to the last member', async () => {
    const troubles = troublesOf(['duplicate', 'replay', 'failure', 'pause'])
    await fc.assert(
      fc.asyncProperty(findingsInOrder, troubles, async (findings, troubled) => {
        const { alerts, shown } = await throughTrouble(findings, troubled)
        expect(alerts).toEqual(await onceInOrder(findings, []))
        for (const [id, { level, status, findings: applied }] of alerts) {
          expect(shown.get(id)).toMatchObject({ id, level, status, findings: applied })
        }
      }),
      { numRuns: 60 },
    )
  })

  it('and none of it undoes what an officer did', async () => {
    const troubles = troublesOf(['duplicate', 'replay', 'pause', 'officer'])
    await fc.assert(
      fc.asyncProperty(findingsInOrder, troubles, async (findings, troubled) => {
        const { alerts, done } = await throughTrouble(findings, troubled)
        const byOfficers = [...alerts.values()].flatMap(({ history }) => history).filter(({ by }) => by !== 'system')
        expect(byOfficers.map(({ note }) => note).sort()).toEqual(done.map(({ note }) => note).sort())
        expect(withoutAdvice(alerts)).toEqual(withoutAdvice(await onceInOrder(findings, done)))
      }),
      { numRuns: 60 },
    )
  })
})

/** Advice weighs what officers had done to other alerts when it was given: that is no function of the log. */
function withoutAdvice(alerts: Map<string, StoredAlert>): unknown[] {
  return [...alerts.values()].map(({ recommendation, ...rest }) => rest).sort((a, b) => (a.id < b.id ? -1 : 1))
}
