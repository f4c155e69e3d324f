import { afterAll, describe, expect, test } from 'vitest'
import type { ImportBegin, ImportProgress } from '../../src/model/import-run.ts'
import { MONDAY } from '../alerts/findings.ts'
import { MemoryBucket } from '../support/memory-bucket.ts'
import { BOOTSTRAP_KEY, type House, openHouse } from './house.ts'

const settings = new MemoryBucket<unknown>()
const clock = { time: MONDAY }
const house = await openHouse({ settings, clock })
afterAll(() => house.closes())
const sources = ['/sx']
const sender = await house.key({ name: 'registry', role: 'ingest', sources })
const other = await house.key({ name: '12315', role: 'ingest', sources })

const BEGIN: ImportBegin = { kind: 'events', file: '企业登记 (copy) p.csv', bytes: 1_000, backfill: true }
const HALF: ImportProgress = {
  state: 'running',
  rows: 50,
  accepted: 40,
  duplicates: 6,
  rejected: 4,
  bytesDone: 500,
  rate: 25,
  remaining: 2,
}
const begin = (id: string, key: string, body: object = BEGIN) => house.ask('POST', `/v1/imports/${id}`, { key, body })
const tell = (id: string, key: string, body: object) => house.ask('PUT', `/v1/imports/${id}`, { key, body })
const listed = async (key: string, at: House = house) =>
  (await at.ask('GET', '/v1/imports', { key })).json().items as unknown as Record<string, unknown>[]

describe('runs of imports', () => {
  test('what a sender tells is what it and an administrator see, and nobody else', async () => {
    const begun = await begin('run00001', sender)
    expect(begun.status).toBe(201)
    expect(begun.json()).toMatchObject({ ...BEGIN, id: 'run00001', state: 'running', rows: 0, undoes: null })
    clock.time += 2_000
    expect((await tell('run00001', sender, HALF)).json()).toMatchObject({ ...HALF, message: null })
    for (const key of [sender, BOOTSTRAP_KEY]) {
      expect(await listed(key)).toEqual([
        expect.objectContaining({
          ...BEGIN,
          ...HALF,
          startedAt: '2026-11-23T08:00:00+08:00',
          updatedAt: '2026-11-23T08:00:02+08:00',
        }),
      ])
    }
    expect(await listed(other)).toEqual([])
  })

  test('nobody touches the run of somebody else', async () => {
    expect((await begin('run00001', other)).status).toBe(404)
    expect((await tell('run00001', other, { ...HALF, state: 'done' })).status).toBe(404)
    expect((await tell('run00009', sender, HALF)).status).toBe(404)
    expect((await listed(sender))[0]).toMatchObject({ state: 'running' })
  })

  test('one that falls silent is stalled, and goes on where it was', async () => {
    clock.time += 61_000
    expect((await listed(sender))[0]).toMatchObject({ state: 'stalled', rows: 50 })
    expect((await begin('run00001', sender)).json()).toMatchObject({ state: 'running', rows: 50 })
    await tell('run00001', sender, { ...HALF, state: 'stopped', message: 'The table is half as long as the last one.' })
    clock.time += 61_000
    expect((await listed(sender))[0]).toMatchObject({ state: 'stopped', message: expect.stringContaining('half') })
  })

  test.each([
    ['a path instead of a name', { ...BEGIN, file: '/home/somebody/a.csv' }],
    ['a name that cannot be printed', { ...BEGIN, file: 'a\u0007.csv' }],
    ['a kind nobody knows', { ...BEGIN, kind: 'guess' }],
    ['a member nobody knows', { ...BEGIN, rowsOfPeople: ['王小明'] }],
  ])('%s is refused', async (_what, body) => {
    const answer = await begin('run00002', sender, body)
    expect(answer.status).toBe(400)
    expect(answer.json().error.code).toBe('request.invalid')
  })

  test('a restart keeps them, and of many the oldest go', async () => {
    for (let n = 10; n < 65; n++) {
      clock.time += 1_000
      expect((await begin(`run000${n}`, other)).status).toBe(201)
    }
    const again = await openHouse({ settings, clock })
    try {
      const ids = (await listed(other, again)).map(({ id }) => id)
      expect(ids).toHaveLength(50)
      expect(ids[0]).toBe('run00064')
      expect(ids.at(-1)).toBe('run00015')
      expect(await listed(sender, again)).toHaveLength(1)
    } finally {
      await again.closes()
    }
  })
})
