import { afterEach, describe, expect, test } from 'vitest'
import { finding, MONDAY, NOODLES } from '../alerts/findings.ts'
import { until } from '../alerts/office.ts'
import { BOOTSTRAP_KEY, FEED_EPOCH, type House, type HouseOptions, openHouse } from '../api/house.ts'
import { follow } from './client.ts'

const admin = { key: BOOTSTRAP_KEY }
const opened: House[] = []

/** A house with a quick pulse; unless said otherwise nothing else differs from the service. */
async function open(options: HouseOptions = {}): Promise<House> {
  const house = await openHouse({ ...options, live: { limits: { pulseMs: 20 }, ...options.live } })
  opened.push(house)
  return house
}

afterEach(async () => {
  for (const house of opened.splice(0)) await house.closes()
})

describe('following', () => {
  test('without a cursor only later changes come, each with its offset', async () => {
    const { url, office } = await open()
    await office.receives(finding({ at: 1, alert: 'before' }))
    const client = await follow(url, admin)
    expect(await client.subscribes()).toMatchObject({ epoch: FEED_EPOCH, offset: office.desk.book.head(), version: 1 })
    await office.receives(finding({ at: 2, alert: 'after' }))
    const { offset, alert } = await client.gets('alert')
    expect(alert).toEqual(office.alert('after'))
    expect(offset).toBe(office.alert('after').revision)
    expect(client.of('alert')).toHaveLength(1)
  })

  test('after a cursor comes what changed since, in offset order, each alert once as it is now', async () => {
    const { url, office } = await open()
    await office.receives(
      finding({ at: 1, alert: 'a' }),
      finding({ at: 2, alert: 'b' }),
      finding({ at: 3, alert: 'c' }),
    )
    const cursor = { epoch: FEED_EPOCH, offset: office.desk.book.head() }
    await office.officer('comment', { note: 'one' }, 'c')
    await office.officer('comment', { note: 'two' }, 'a')
    await office.officer('comment', { note: 'three' }, 'c')
    const client = await follow(url, admin)
    await client.subscribes(cursor)
    await client.gets('alert', 2)
    expect(client.of('alert').map(({ alert }) => alert)).toEqual([office.alert('a'), office.alert('c')])
  })

  test('the pulse says up to where everything has been sent, and how fresh it is', async () => {
    const { url, office } = await open()
    await office.receives(finding({ at: 1, alert: 'a', level: 'red' }))
    const client = await follow(url, admin)
    await client.subscribes()
    expect(await client.gets('pulse')).toEqual({
      type: 'pulse',
      offset: office.desk.book.head(),
      eventsPerSecond: 2.5,
      lag: 3,
      open: { red: 1, orange: 0, yellow: 0, blue: 0 },
      silentSources: [],
    })
    await office.officer('acknowledge', {}, 'a')
    await until(() => client.of('pulse').at(-1)?.offset === office.alert('a').revision)
    expect(client.messages.at(-1)).toMatchObject({ open: { red: 0 } })
  })

  test.each([
    ['another epoch', { epoch: 'other', offset: 0 }, 'epoch'],
    ['an offset above the head', { epoch: FEED_EPOCH, offset: 1_000 }, 'ahead'],
  ])('%s is answered with a reset, and nothing more until the next subscribe', async (_what, cursor, reason) => {
    const { url, office } = await open()
    const client = await follow(url, admin)
    await client.subscribes(cursor)
    expect(await client.gets('reset')).toEqual({ type: 'reset', reason })
    await office.receives(finding({ at: 1, alert: 'a' }))
    await client.subscribes({ epoch: FEED_EPOCH, offset: 0 })
    await client.gets('alert')
    expect(client.messages.map(({ type }) => type).slice(0, 4)).toEqual(['hello', 'reset', 'hello', 'alert'])
  })

  test('a cursor older than an alert that has left the book is too old', async () => {
    const { url, office } = await open({ live: { limits: { pulseMs: 20 } } })
    await office.receives(finding({ at: 1, alert: 'a' }), finding({ at: 2, alert: 'b' }))
    const before = office.desk.book.head()
    await (office.bucket as unknown as { delete(key: string): Promise<void> }).delete('a')
    await until(() => office.desk.book.head() > before)
    const client = await follow(url, admin)
    await client.subscribes({ epoch: FEED_EPOCH, offset: before })
    expect(await client.gets('reset')).toEqual({ type: 'reset', reason: 'too-old' })
    await client.subscribes({ epoch: FEED_EPOCH, offset: office.desk.book.head() })
    await client.gets('pulse')
    expect(client.of('reset')).toHaveLength(1)
  })

  test('a second subscribe replaces the first', async () => {
    const { url, office } = await open()
    const client = await follow(url, admin)
    await client.subscribes(undefined, { levels: ['red'] })
    await client.subscribes(undefined, { levels: ['blue'] })
    await office.receives(finding({ at: 1, alert: 'r', level: 'red' }), finding({ at: 2, alert: 'b', level: 'blue' }))
    await client.gets('alert')
    expect(client.of('alert').map(({ alert }) => alert.id)).toEqual(['b'])
  })
})

describe('filter and scope', () => {
  test('an alert that no longer matches is gone, one that never did is not mentioned', async () => {
    const { url, office } = await open()
    const client = await follow(url, admin)
    await client.subscribes(undefined, { statuses: ['open'], levels: ['red', 'orange'] })
    await office.receives(finding({ at: 1, alert: 'mine' }), finding({ at: 2, alert: 'other', level: 'blue' }))
    await office.officer('acknowledge', {}, 'other')
    await office.officer('acknowledge', {}, 'mine')
    await office.officer('comment', { note: 'still gone' }, 'mine')
    await until(() => client.of('pulse').at(-1)?.offset === office.alert('mine').revision)
    expect(client.of('alert').map(({ alert }) => alert.id)).toEqual(['mine'])
    expect(client.of('gone')).toMatchObject([{ id: 'mine' }])
  })

  test('what ceased to match while nobody listened is gone after the cursor', async () => {
    const { url, office } = await open()
    await office.receives(finding({ at: 1, alert: 'mine' }))
    const cursor = { epoch: FEED_EPOCH, offset: office.desk.book.head() }
    await office.officer('acknowledge', {}, 'mine')
    const client = await follow(url, admin)
    await client.subscribes(cursor, { statuses: ['open'] })
    expect(await client.gets('gone')).toMatchObject({ id: 'mine', offset: office.alert('mine').revision })
  })

  test('nothing of other areas is sent, counted or named, by cursor or live', async () => {
    const house = await open()
    const { url, office } = house
    const key = await house.key({ name: 'datong', role: 'supervisor', areas: ['140200'] })
    await office.receives(finding({ at: 1, alert: 'foreign', level: 'red' }))
    const client = await follow(url, { key })
    await client.subscribes({ epoch: FEED_EPOCH, offset: 0 })
    await office.receives(
      finding({ at: 2, alert: 'foreign-too', level: 'red' }),
      finding({ at: 3, alert: 'both', address: 'a1x', counties: ['140105', '140212'] }),
      finding({ at: 4, alert: 'own', enterprise: NOODLES, counties: ['140212'] }),
    )
    await office.officer('acknowledge', {}, 'foreign')
    await client.gets('alert', 2)
    await until(() => client.of('pulse').at(-1)?.offset === office.alert('foreign').revision)
    expect(client.of('alert').map(({ alert }) => [alert.id, alert.regions])).toEqual([
      ['both', ['140212']],
      ['own', ['140212']],
    ])
    expect(client.of('pulse').at(-1)).toMatchObject({ open: { red: 0, orange: 2 } })
    expect(JSON.stringify(client.messages)).not.toMatch(/foreign|140105/)
  })
})

describe('from the door to the frame', () => {
  test('is measured where an event that has just arrived is behind the frame, and nowhere else', async () => {
    const clock = { time: MONDAY }
    const { url, office } = await open({ clock })
    const client = await follow(url, admin)
    await client.subscribes()
    expect((await office.metrics.liveClients.get()).values[0]?.value).toBe(1)
    const measured = async () => {
      const { values } = await office.metrics.ingestToFeedSeconds.get()
      const [sum, count] = ['_sum', '_count'].map((end) => values.find(({ metricName }) => metricName?.endsWith(end)))
      return { sum: sum?.value, count: count?.value }
    }
    clock.time += 1_250
    await office.receives(finding({ at: 1, alert: 'a', logTime: MONDAY + 1_000 }))
    await client.gets('alert')
    expect(await measured()).toEqual({ sum: 0.25, count: 1 })
    await office.officer('acknowledge', {}, 'a')
    await office.receives(finding({ at: 2, alert: 'waited', logTime: MONDAY - 1 }))
    await client.gets('alert', 3)
    expect(await measured()).toEqual({ sum: 0.25, count: 1 })
    await client.leaves()
    await until(async () => (await office.metrics.liveClients.get()).values[0]?.value === 0)
  })
})
