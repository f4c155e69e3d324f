import { describe, expect, test } from 'vitest'
import type { CloudEvent } from '../../src/simulate/cloud-event.ts'
import { createProvince, type ProvinceOptions } from '../../src/simulate/province.ts'
import { type Progress, type Receipt, type RunOptions, runSimulation } from '../../src/simulate/run.ts'

const SECOND = 1_000
const NOW = Date.parse('2026-11-23T10:00:00+08:00')
const HOUR = 3_600_000
const SMALL: ProvinceOptions = { seed: '1', enterprises: 300, rate: 0.05, days: 0.25, start: NOW - 6 * HOUR }
const INITIAL = [...createProvince(SMALL).initial()].length

/** A world whose clock moves only while somebody sleeps, or as long as a send takes. */
function world(options: { sendMs?: number; clock?: number } = {}) {
  let now = options.clock ?? NOW
  const stopping = new AbortController()
  const sent: { event: CloudEvent; at: number }[] = []
  const progress: Progress[] = []
  const waiting: number[] = []
  // Even a run that forgets to end is ended here, so that its test fails instead of hanging.
  let endAt = NOW + 600 * SECOND
  const run = (changes: Partial<RunOptions> = {}) =>
    runSimulation({
      province: createProvince(SMALL),
      clock: { now: () => now },
      async sleep(ms) {
        waiting.push(ms)
        now += ms
        if (now >= endAt) stopping.abort()
      },
      async send(events) {
        now += options.sendMs ?? 0
        for (const event of events) sent.push({ event, at: now })
        return { accepted: events.length, duplicates: 0, rejected: 0 }
      },
      speed: Number.POSITIVE_INFINITY,
      signal: stopping.signal,
      onProgress: (state) => progress.push(state),
      ...changes,
    })
  return { run, sent, progress, waiting, stopping, until: (time: number) => (endAt = time) }
}

const times = (sent: { event: CloudEvent }[]) => sent.map(({ event }) => Date.parse(event.time))
const text = (sent: { event: CloudEvent }[]) => sent.map(({ event }) => JSON.stringify(event)).join('\n')

describe('a run at full speed', () => {
  test('sends the population, then history, and goes on with the wall clock', async () => {
    const place = world({ sendMs: 20 })
    place.until(NOW + 90 * SECOND)
    const result = await place.run()
    expect(result.phase).toBe('done')
    expect(place.sent.slice(0, INITIAL).every(({ event }) => Date.parse(event.time) < SMALL.start)).toBe(true)
    expect(times(place.sent.slice(INITIAL)).every((time) => time >= SMALL.start)).toBe(true)
    expect(Math.max(...times(place.sent))).toBeGreaterThan(NOW + 60 * SECOND)
    expect(result.sent).toBe(place.sent.length)
    expect(result.accepted).toBe(place.sent.length)
    expect([...new Set(place.progress.map(({ phase }) => phase))]).toEqual(['initial', 'history', 'live', 'done'])
  })

  test('never sends an event whose time is past now, and live ones within a second', async () => {
    const place = world()
    place.until(NOW + 90 * SECOND)
    await place.run()
    for (const { event, at } of place.sent) expect(Date.parse(event.time)).toBeLessThanOrEqual(at)
    const live = place.sent.filter(({ event }) => Date.parse(event.time) > NOW)
    expect(live.length).toBeGreaterThan(20)
    for (const { event, at } of live) expect(at - Date.parse(event.time)).toBeLessThanOrEqual(SECOND)
  })

  test('sends in order of time, each event once', async () => {
    const place = world()
    place.until(NOW + 60 * SECOND)
    await place.run()
    const after = times(place.sent).slice(INITIAL)
    expect([...after].sort((a, b) => a - b)).toEqual(after)
    expect(new Set(place.sent.map(({ event }) => event.id)).size).toBe(place.sent.length)
  })

  test('without the live part it ends at now', async () => {
    const place = world()
    place.until(NOW + 30 * SECOND)
    const result = await place.run({ live: false })
    expect(result.phase).toBe('done')
    expect(Math.max(...times(place.sent))).toBeLessThanOrEqual(NOW)
    expect(place.waiting).toEqual([])
  })
})

describe('a run at a given speed', () => {
  test('meets the wall clock when it must, and then keeps its pace', async () => {
    const place = world()
    // Six hours at 3601 times the clock's pace: met after 6 s.
    place.until(NOW + 66 * SECOND)
    await place.run({ speed: 3_601 })
    for (const { event, at } of place.sent) expect(Date.parse(event.time)).toBeLessThanOrEqual(at)
    const halfway = place.sent.filter(({ at }) => at <= NOW + 3 * SECOND).map(({ event }) => Date.parse(event.time))
    expect(Math.max(...halfway)).toBeLessThanOrEqual(NOW - 3 * HOUR + 4 * SECOND)
    expect(Math.max(...halfway)).toBeGreaterThan(NOW - 3.2 * HOUR)
    expect(Math.max(...times(place.sent))).toBeGreaterThan(NOW + 50 * SECOND)
  })

  test('sends the same events as at full speed', async () => {
    const [fast, slow] = [world(), world({ sendMs: 7 })]
    await fast.run({ live: false })
    await slow.run({ live: false, speed: 1_000 })
    expect(text(slow.sent)).toBe(text(fast.sent))
  })
})

test('carrying on sends exactly what an uninterrupted run would have sent later', async () => {
  const whole = world()
  await whole.run({ live: false })
  const middle = NOW - 3 * HOUR
  const rest = world()
  const result = await rest.run({ live: false, after: middle })
  expect(text(rest.sent)).toBe(text(whole.sent.slice(INITIAL).filter(({ event }) => Date.parse(event.time) > middle)))
  expect(rest.progress.every(({ phase }) => phase !== 'initial')).toBe(true)
  expect(result.sentUntil).toBeGreaterThan(middle)
})

test('what has been sent is known at any moment: no later event has gone, every earlier one has', async () => {
  const place = world()
  place.until(NOW + 30 * SECOND)
  await place.run({
    onProgress: ({ phase, sent, sentUntil }) => {
      expect(place.sent).toHaveLength(sent)
      if (phase === 'initial') expect(sentUntil).toBeNull()
      else if (sentUntil !== null) expect(Math.max(...times(place.sent).slice(INITIAL))).toBe(sentUntil)
    },
  })
})

describe('ends', () => {
  test('gracefully in the middle of the population', async () => {
    const place = world()
    let calls = 0
    const province = createProvince({ ...SMALL, enterprises: 5_000 })
    const result = await place.run({
      province,
      async send(events) {
        if (++calls === 2) place.stopping.abort()
        return { accepted: events.length, duplicates: 0, rejected: 0 }
      },
    })
    expect(result.sent).toBeLessThan(5_000)
    expect(result).toMatchObject({ phase: 'done', sentUntil: null })
  })

  test('with the error of the receiver', async () => {
    const send = () => Promise.reject(new Error('disk full'))
    await expect(world().run({ send })).rejects.toThrow('disk full')
  })

  test('counting nothing of a batch whose fate is not known', async () => {
    const place = world()
    const send = async (): Promise<Receipt | null> => {
      place.stopping.abort()
      return null
    }
    expect(await place.run({ send })).toMatchObject({ sent: 0, accepted: 0, sentUntil: null })
  })

  test('telling how many were rejected, and why the first was', async () => {
    const place = world()
    const refusals = ['time.future: first', 'data.invalid: second']
    const result = await place.run({
      live: false,
      async send(events) {
        const refusal = refusals.shift()
        const rejected = refusal === undefined ? 0 : 2
        return { accepted: events.length - rejected, duplicates: 0, rejected, ...(refusal && { refusal }) }
      },
    })
    expect(result.refusal).toBe('time.future: first')
    expect(result.accepted + result.rejected).toBe(result.sent)
  })
})
