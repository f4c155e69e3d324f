import { afterEach, describe, expect, it, vi } from 'vitest'
import type { DeskBook } from '../../src/alerts/book/book.ts'
import type { Alert, StoredAlert } from '../../src/model/alert.ts'
import { DAY_MS, HOUR_MS } from '../../src/model/time.ts'
import { BOOTSTRAP_KEY, FEED_EPOCH, type House, openHouse } from '../api/house.ts'
import { follow } from '../deliver/client.ts'
import { MemoryArchive } from '../support/memory-archive.ts'
import { MemoryBucket } from '../support/memory-bucket.ts'
import { finding, MONDAY, NOODLES } from './findings.ts'
import { until } from './office.ts'

const key = BOOTSTRAP_KEY
let house: House
afterEach(() => house.closes())

/** A house whose finished alerts go into the archive after 30 days; `later` lets days pass until all due are there. */
async function open() {
  const clock = { time: MONDAY }
  const archive = new MemoryArchive()
  const bucket = new MemoryBucket<StoredAlert>()
  house = await openHouse({ clock, archive, alerts: bucket, live: { limits: { pulseMs: 20 } } })
  const { office } = house
  return {
    archive,
    bucket,
    clock,
    office,
    /** An alert that an officer has dismissed. */
    async dismissed(at: number, id: string, words: Partial<Parameters<typeof finding>[0]> = {}) {
      await office.receives(finding({ at, alert: id, logTime: clock.time, ...words }))
      await office.officer('dismiss', { reason: 'checked' }, id)
    },
    async later(days: number, ...archived: string[]) {
      clock.time += days * DAY_MS
      await until(() => archived.every((id) => office.desk.book.get(id) === null))
    },
    async get(id: string) {
      return house.ask('GET', `/v1/alerts/${id}`, { key })
    },
    async act(id: string, action: string, revision: number) {
      const headers = { 'if-match': `"${revision}"` }
      return house.ask('POST', `/v1/alerts/${id}/actions`, { key, headers, body: { action, note: 'n' } })
    },
    /** All pages of a list, by id. */
    async list(query = '', limit = 50) {
      const ids: string[] = []
      let cursor: unknown = null
      do {
        const page = await house.ask('GET', `/v1/alerts?limit=${limit}${query}${cursor ? `&cursor=${cursor}` : ''}`, {
          key,
        })
        expect(page.status).toBe(200)
        ids.push(...page.json().items.map(({ id }) => id))
        cursor = page.json().next
      } while (cursor !== null)
      return ids.join(' ')
    },
  }
}

describe('a finished alert that nobody has touched for thirty days', () => {
  it('leaves the bucket, is told gone, and is found as it was', async () => {
    const { bucket, office, dismissed, later, get } = await open()
    await dismissed(1, 'old')
    await office.receives(finding({ at: 2, alert: 'open' }))
    const before = (await get('old')).json()
    const client = await follow(house.url, { key })
    await client.subscribes()
    await later(30, 'old')
    expect(await client.gets('gone')).toMatchObject({ id: 'old' })
    expect(await bucket.get('old')).toBeNull()
    expect((await get('old')).json()).toEqual(before)
    expect((await get('open')).json()).toMatchObject({ status: 'open' })
    expect((await get('nowhere')).status).toBe(404)
  })

  it('a millisecond less, and it stays', async () => {
    const { clock, office, dismissed, archive } = await open()
    await dismissed(1, 'older')
    clock.time += 1
    await dismissed(2, 'old')
    clock.time += 30 * DAY_MS - 1
    // What took the one would have taken the other.
    await until(() => office.desk.book.get('older') === null)
    expect([office.alert('old').status, await archive.get('old')]).toEqual(['dismissed', null])
  })

  it('stays when an officer acts in the very moment', async () => {
    const { archive, office, dismissed, clock, get } = await open()
    await dismissed(1, 'old')
    let done: Alert | null = null
    archive.afterPut = async () => {
      archive.afterPut = null
      done = await office.officer('comment', { note: 'wait' }, 'old')
    }
    clock.time += 30 * DAY_MS
    await until(() => done !== null)
    await until(() => office.alert('old').history.length === 3)
    expect((await get('old')).json()).toMatchObject({ status: 'dismissed', revision: office.alert('old').revision })
    expect(await house.office.bucket.get('old')).not.toBeNull()
  })

  it('comes back when it is reopened, by the revision that was read, and is listed once', async () => {
    const { bucket, dismissed, later, act, get, list, office } = await open()
    await dismissed(1, 'old')
    const { revision } = office.alert('old')
    await later(30, 'old')
    expect((await act('old', 'reopen', revision + 1)).status).toBe(412)
    const reopened = await act('old', 'reopen', revision)
    expect([reopened.status, reopened.json().status, reopened.json().outcome]).toEqual([200, 'open', null])
    expect(reopened.json().revision).toBeGreaterThan(revision)
    expect((await bucket.get('old'))?.value).toMatchObject({ status: 'open' })
    expect((await get('old')).json()).toEqual(reopened.json())
    expect(await list()).toBe('old')
  })
})

describe('a finding that comes late', () => {
  it('changes nothing when it was applied, and is no new alert', async () => {
    const { bucket, dismissed, later, office } = await open()
    await dismissed(5, 'old')
    await later(30, 'old')
    await office.receives(
      finding({ at: 5, alert: 'old', logTime: MONDAY }),
      finding({ at: 4, alert: 'old', kind: 'growth' }),
    )
    expect(await bucket.get('old')).toBeNull()
  })

  it('brings back what was archived with what it was, and opens it only when graver', async () => {
    const { dismissed, later, office } = await open()
    await dismissed(5, 'old')
    await dismissed(6, 'graver')
    await later(30, 'old', 'graver')
    await office.receives(
      finding({ at: 7, alert: 'old', kind: 'growth', observed: 9 }),
      finding({ at: 8, alert: 'graver', kind: 'level', level: 'red' }),
    )
    expect(office.alert('old')).toMatchObject({ status: 'dismissed', findings: 2, evidence: { observed: 9 } })
    expect(office.alert('graver')).toMatchObject({ status: 'open', level: 'red' })
    expect(office.alert('graver').history.map(({ action }) => action)).toEqual([
      'opened',
      'dismiss',
      'raised',
      'reopened',
    ])
  })

  it('waits for an archive that is away; a new alert does not', async () => {
    const { archive, clock, dismissed, later, office } = await open()
    await dismissed(5, 'old')
    await later(30, 'old')
    archive.away = true
    office.post.send(finding({ at: 7, alert: 'old', kind: 'growth', observed: 9 }))
    office.post.send(finding({ at: 8, alert: 'new', enterprise: NOODLES, logTime: clock.time }))
    await until(() => office.desk.book.get('new') !== null)
    expect(office.desk.book.get('old')).toBeNull()
    archive.away = false
    await until(() => office.desk.book.get('old')?.findings === 2)
  })

  it('about the same subject knows of what is in the archive, after a start too', async () => {
    const { archive, bucket, clock, dismissed, later, office } = await open()
    await dismissed(1, 'first')
    await dismissed(2, 'second')
    await later(30, 'first', 'second')
    await office.receives(finding({ at: 9, alert: 'third', logTime: clock.time }))
    expect(office.alert('third').previous).toBe('second')
    await house.closes()
    house = await openHouse({ clock, archive, alerts: bucket })
    await house.office.receives(finding({ at: 10, alert: 'fourth', logTime: clock.time }))
    expect(house.office.alert('fourth').previous).toBe('third')
    expect(house.office.desk.book.get('first')).toBeNull()
  })
})

describe('the list', () => {
  async function mixed() {
    const world = await open()
    const { clock, dismissed, office, later } = world
    await dismissed(1, 'archived-1')
    clock.time += HOUR_MS
    await office.receives(finding({ at: 2, alert: 'open-since-long', counties: ['140212'] }))
    clock.time += HOUR_MS
    await dismissed(3, 'archived-2', { counties: ['140212'] })
    await dismissed(4, 'archived-3')
    await later(31, 'archived-1', 'archived-2', 'archived-3')
    await dismissed(5, 'closed-today')
    return world
  }
  const ALL = 'closed-today archived-3 archived-2 open-since-long archived-1'

  it('is one, newest change first, in pages of any size', async () => {
    const { list } = await mixed()
    for (const limit of [1, 2, 3, 4, 5, 50]) expect(await list('', limit)).toBe(ALL)
    expect(await list('&status=dismissed', 2)).toBe('closed-today archived-3 archived-2 archived-1')
    expect(await list('&region=140200', 1)).toBe('archived-2 open-since-long')
  })

  it('shows a reader nothing of other areas, in the archive neither', async () => {
    await mixed()
    const county = await house.key({ name: 'county', role: 'supervisor', areas: ['140212'] })
    const page = (await house.ask('GET', '/v1/alerts', { key: county })).json()
    expect(page.items.map(({ id }) => id)).toEqual(['archived-2', 'open-since-long'])
    expect((await house.ask('GET', '/v1/alerts/archived-1', { key: county })).status).toBe(404)
  })

  it('loses and repeats nothing when alerts move into the archive between two pages', async () => {
    const { dismissed, later, clock } = await open()
    for (let n = 1; n <= 6; n += 1) {
      await dismissed(n, `alert-${n}`)
      clock.time += HOUR_MS
    }
    const first = (await house.ask('GET', '/v1/alerts?limit=2', { key })).json()
    await later(31, 'alert-1', 'alert-3', 'alert-6')
    const rest = (await house.ask('GET', `/v1/alerts?cursor=${first.next}`, { key })).json()
    expect([...first.items, ...rest.items].map(({ id }) => id)).toEqual([6, 5, 4, 3, 2, 1].map((n) => `alert-${n}`))
  })

  it('does not ask the archive for what cannot be in it', async () => {
    const { archive, list } = await mixed()
    await list('&status=open')
    await list('&since=2026-12-24', 1)
    const page = await house.ask('GET', '/v1/alerts?limit=1', { key })
    expect(page.json().items).toHaveLength(1)
    expect(archive.asked).toBe(0)
  })

  it('says so while the archive is away, and goes on with it when it is back', async () => {
    const { archive } = await mixed()
    archive.away = true
    const first = (await house.ask('GET', '/v1/alerts', { key })).json()
    expect([first.archive, first.items.map(({ id }) => id).join(' ')]).toEqual([
      'unavailable',
      'closed-today open-since-long',
    ])
    const away = await house.ask('GET', `/v1/alerts?cursor=${first.next}`, { key })
    expect([away.status, away.json().error.code, away.headers.has('retry-after')]).toEqual([
      503,
      'store.unavailable',
      true,
    ])
    archive.away = false
    const rest = (await house.ask('GET', `/v1/alerts?cursor=${first.next}`, { key })).json()
    expect(rest.items.map(({ id }) => id).join(' ')).toBe('archived-3 archived-2 archived-1')
    expect(rest.next).toBeNull()
  })
})

describe('what is left of a deleted alert', () => {
  it('goes after a day, save the newest: by that a late cursor is told to start over', async () => {
    const { bucket, clock, dismissed, later, archive } = await open()
    await dismissed(1, 'one')
    const seen = { epoch: FEED_EPOCH, offset: house.office.desk.book.head() }
    await dismissed(2, 'two')
    await later(30, 'one', 'two')
    await until(() => {
      clock.time += DAY_MS
      return bucket.markers().length === 1
    })
    clock.time += 2 * DAY_MS
    // Ten passes of the archiver more: nothing else goes.
    const passes = vi.spyOn(house.office.desk.book as DeskBook, 'markers')
    await until(() => passes.mock.calls.length > 30)
    expect(bucket.markers()).toEqual(['two'])
    await house.closes()
    house = await openHouse({ clock, archive, alerts: bucket, live: { limits: { pulseMs: 20 } } })
    const client = await follow(house.url, { key })
    await client.subscribes(seen)
    expect(await client.gets('reset')).toMatchObject({ reason: 'too-old' })
  })
})
