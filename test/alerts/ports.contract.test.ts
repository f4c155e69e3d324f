import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { AlertBucket } from '../../src/alerts/ports/alert-bucket.ts'
import type { FindingSource } from '../../src/alerts/ports/finding-source.ts'
import { merge } from '../../src/alerts/stages/merge.ts'
import { connectLog, type LogConnection } from '../../src/log/connection.ts'
import type { StoredAlert } from '../../src/model/alert.ts'
import { RevisionConflict } from '../../src/model/errors.ts'
import type { Finding } from '../../src/model/finding.ts'
import { silentLogger } from '../../src/telemetry/logger.ts'
import { MemoryBucket } from '../support/memory-bucket.ts'
import { startTestNats, type TestNats } from '../support/nats.ts'
import { finding } from './findings.ts'
import { type Office, openOffice, Post, until } from './office.ts'

/** What the desk stands on: a bucket and a source of findings, of its own for each test. */
interface Ground {
  readonly bucket: AlertBucket
  readonly source: FindingSource
  send(...findings: Finding[]): Promise<void>
  /** The service behind it dies and comes back; nothing to do in memory. */
  restart(): Promise<void>
}

function stored(id: string, changes: Partial<StoredAlert> = {}): StoredAlert {
  const verdict = { finding: finding({ at: 1, alert: id }), events: [], eventsPending: 0, name: null }
  const merged = merge({ before: null, at: '2026-11-23T08:00:00+08:00', verdict })
  if ('dropped' in merged) throw new Error(merged.dropped)
  return { ...merged.alert, ...changes }
}

function keepsItsPromises(open: () => Promise<Ground>): void {
  let offices: Office[] = []

  async function office({ bucket, source }: Ground, restMs = 1): Promise<Office> {
    const opened = await openOffice({ bucket, source, restMs })
    offices.push(opened)
    return opened
  }

  afterEach(async () => {
    for (const opened of offices) await opened.closes()
    offices = []
  })

  it('creates only what is not there, updates only what is at the revision given', async () => {
    const { bucket } = await open()
    const first = await bucket.create('a', stored('a'))
    await expect(bucket.create('a', stored('a'))).rejects.toBeInstanceOf(RevisionConflict)
    const second = await bucket.update('a', stored('a', { status: 'acknowledged' }), first)
    expect(second).toBeGreaterThan(first)
    await expect(bucket.update('a', stored('a'), first)).rejects.toBeInstanceOf(RevisionConflict)
    expect(await bucket.get('a')).toMatchObject({ revision: second, value: { status: 'acknowledged' } })
    expect(await bucket.get('b')).toBeNull()
    expect(await bucket.lastRevision()).toBe(second)
  })

  it('deletes only at the revision given, tells every watch, and forgets without touching what came later', async () => {
    const { bucket } = await open()
    const first = await bucket.create('a', stored('a'))
    const second = await bucket.update('a', stored('a', { status: 'closed' }), first)
    await expect(bucket.delete('a', first)).rejects.toBeInstanceOf(RevisionConflict)
    await bucket.delete('a', second)
    expect(await bucket.get('a')).toBeNull()
    const marker = await bucket.lastRevision()
    expect(marker).toBeGreaterThan(second)
    const again = await bucket.create('a', stored('a'))
    await bucket.forget('a', marker)
    expect(await bucket.get('a')).toMatchObject({ revision: again })
    const b = await bucket.create('b', stored('b'))
    await bucket.delete('b', b)
    await bucket.create('c', stored('c'))
    const seen = async () => {
      const told: [string, boolean][] = []
      const stopping = new AbortController()
      const last = await bucket.lastRevision()
      for await (const { key, value, revision } of bucket.watch(stopping.signal)) {
        told.push([key, value === null])
        if (revision >= last) stopping.abort()
      }
      return told
    }
    expect(await seen()).toEqual([
      ['a', false],
      ['b', true],
      ['c', false],
    ])
    await bucket.forget('b', b + 1)
    expect((await seen()).map(([key]) => key)).toEqual(['a', 'c'])
  })

  it('lets one of many win', async () => {
    const { bucket } = await open()
    const revision = await bucket.create('a', stored('a'))
    const all = await Promise.allSettled(
      Array.from({ length: 20 }, (_, n) => bucket.update('a', stored('a', { findings: n }), revision)),
    )
    expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  })

  it('watches in order of revision: what is there first, then every change', async () => {
    const { bucket } = await open()
    await bucket.create('a', stored('a'))
    const b = await bucket.create('b', stored('b'))
    await bucket.update('b', stored('b', { level: 'red' }), b)
    const stopping = new AbortController()
    const seen: [string, number][] = []
    const watching = (async () => {
      for await (const { key, revision } of bucket.watch(stopping.signal)) seen.push([key, revision])
    })()
    await until(() => seen.length === 2)
    await bucket.create('c', stored('c'))
    await until(() => seen.length === 3)
    stopping.abort()
    await watching
    expect(seen.map(([key]) => key)).toEqual(['a', 'b', 'c'])
    expect(seen.map(([, revision]) => revision)).toEqual(
      [...seen.map(([, revision]) => revision)].sort((x, y) => x - y),
    )
    expect(await bucket.lastRevision()).toBe(seen.at(-1)?.[1])
  })

  it('carries an alert from findings to officer, and on after a start', async () => {
    const ground = await open()
    const first = await office(ground)
    await ground.send(finding({ at: 1 }), finding({ at: 2, kind: 'growth', observed: 9 }))
    await until(() => first.desk.book.get('surge-1')?.findings === 2)
    const acknowledged = await first.officer('acknowledge', { note: '今日上门' })
    expect(acknowledged).toMatchObject({ status: 'acknowledged', evidence: { observed: 9 } })
    await expect(first.desk.act('surge-1', { action: 'acknowledge' }, 1, { id: 'x' })).rejects.toMatchObject({
      code: 'revision.stale',
    })
    await first.closes()
    await ground.send(finding({ at: 1 }), finding({ at: 3, kind: 'level', level: 'red', observed: 25 }))
    const second = await office(ground)
    expect(second.alert()).toEqual(acknowledged)
    await until(() => second.alert().level === 'red')
    expect(second.alert()).toMatchObject({ status: 'acknowledged', findings: 3, evidence: { observed: 25 } })
    expect(second.alert().history.map(({ action }) => action)).toEqual(['opened', 'acknowledge', 'raised'])
  })

  it('loses no finding and no act when the server dies in the middle', async () => {
    const ground = await open()
    const { desk, officer, alert } = await office(ground, 50)
    for (let at = 1; at <= 30; at += 1) {
      await ground.send(finding({ at, alert: `surge-${at % 3}`, kind: at <= 3 ? 'open' : 'growth', observed: at + 5 }))
      if (at === 15) await until(() => desk.book.get('surge-1') !== null)
      if (at === 15) await until(async () => (await officer('acknowledge').catch(() => null)) !== null)
      if (at === 16) await ground.restart()
    }
    await until(() => [0, 1, 2].every((n) => desk.book.get(`surge-${n}`)?.findings === 10))
    expect(alert('surge-0')).toMatchObject({ evidence: { observed: 35 } })
    expect(alert('surge-1')).toMatchObject({ status: 'acknowledged', evidence: { observed: 33 } })
  })
}

describe('in memory', () => {
  keepsItsPromises(async () => {
    const post = new Post()
    return {
      bucket: new MemoryBucket<StoredAlert>(),
      source: post,
      send: async (...findings) => post.send(...findings),
      restart: async () => {},
    }
  })
})

describe('on JetStream', () => {
  let nats: TestNats
  let log: LogConnection | null = null

  beforeAll(async () => {
    nats = await startTestNats()
  })
  afterEach(async () => {
    await log?.close()
    await nats.stop()
    nats = await startTestNats()
  })
  afterAll(() => nats.stop())

  keepsItsPromises(async () => {
    const { url, user, password } = nats
    const connected = await connectLog({
      url,
      user,
      password,
      logger: silentLogger(),
      maxBytes: 64 * 1024 * 1024,
      name: 'alerts-test',
    })
    log = connected
    return {
      bucket: await connected.bucket<StoredAlert>('yujing_alerts'),
      source: connected.findings,
      async send(...findings) {
        for (const one of findings) {
          // As detection does: again until the server has it, which drops what it has.
          await until(async () =>
            connected.findings.publish(one).then(
              () => true,
              () => false,
            ),
          )
        }
      },
      restart: () => nats.restart(),
    }
  })
})
