import { expect, test } from 'vitest'
import { YujingError } from '../../src/model/errors.ts'
import { DAY_MS } from '../../src/model/time.ts'
import { SOURCE_LIMITS } from '../../src/sources/limits.ts'
import { COMPLAINTS, canonical, createSetting } from './setting.ts'

test('the longest registered prefix counts; what was counted before goes over to it', async () => {
  const setting = createSetting()
  setting.arrive(canonical({ source: '/sx/12315/taiyuan' }), canonical({ source: '/sx/123150' }))
  await setting.pass(60_000)
  expect((await setting.board.list()).map(({ name, registered }) => [name, registered])).toEqual([
    ['/sx/12315/taiyuan', false],
    ['/sx/123150', false],
  ])

  await setting.register.put(COMPLAINTS, 'admin')
  setting.arrive(canonical({ source: '/sx/12315/datong' }))
  await setting.pass(60_000)
  expect(
    (await setting.board.list()).map(({ name, registered, received }) => [name, registered, received.today]),
  ).toEqual([
    ['/sx/12315', true, 2],
    ['/sx/123150', false, 1],
  ])
  expect(setting.register.find('/sx/12315/datong')?.name).toBe('/sx/12315')
  expect(setting.register.find('/sx/123150')).toBeNull()
  const { values } = await setting.metrics.sourceSilenceSeconds.get()
  expect(values.map(({ labels }) => labels.source)).toEqual(['/sx/12315', 'other'])
})

test('made-up names do not fill the memory', async () => {
  const setting = createSetting()
  for (let n = 0; n < SOURCE_LIMITS.names + 100; n++) setting.arrive(canonical({ source: `/made/up/${n}` }))
  await setting.pass(60_000)
  const list = await setting.board.list()
  expect(list.length).toBe(SOURCE_LIMITS.names + 1)
  expect(list.find(({ name }) => name === 'other')?.received.today).toBe(100)

  // Nor do they hide one that is registered afterwards.
  await setting.register.put(COMPLAINTS, 'admin')
  setting.arrive(canonical())
  await setting.pass(60_000)
  expect((await setting.board.list())[0]).toMatchObject({ name: '/sx/12315', received: { today: 1 } })
})

test('a day of no events stands between the others, and today is today', async () => {
  const setting = createSetting()
  await setting.register.put(COMPLAINTS, 'admin')
  setting.arrive(canonical(), canonical())
  setting.sleep(2 * DAY_MS)
  setting.arrive(canonical())
  setting.sleep(DAY_MS)
  await setting.pass(60_000)
  expect((await setting.board.list())[0]?.received.days).toEqual([
    { day: '2026-11-26', count: 0 },
    { day: '2026-11-25', count: 1 },
    { day: '2026-11-24', count: 0 },
    { day: '2026-11-23', count: 2 },
  ])
})

test('a lead that was overtaken writes nothing over the counts of the next', async () => {
  const setting = createSetting()
  await setting.register.put(COMPLAINTS, 'admin')
  const before = setting.overtaken()
  setting.arrive(canonical())
  await setting.pass(60_000)
  await before.stop()
  expect((await setting.board.list())[0]?.received.today).toBe(1)
})

test('a change is written down with who made it and what is other, without the people to call', async () => {
  const setting = createSetting()
  await setting.register.put(COMPLAINTS, 'admin')
  await setting.register.put({ ...COMPLAINTS, strong: true, contact: '0351-1111111' }, 'second')
  expect(setting.told[1]).toEqual({
    source: '/sx/12315',
    by: 'second',
    changed: ['contact', 'strong'],
    strong: true,
    detectors: ['complaint-surge'],
  })
  expect(setting.register.find('/sx/12315')).toMatchObject({ strong: true, createdBy: 'admin', updatedBy: 'second' })
})

test.each([
  [{ areas: ['140199'] }, /140199/],
  [{ detectors: ['none-such'] }, /none-such/],
])('%j is refused', async (wrong, named) => {
  const { register, told } = createSetting()
  await expect(register.put({ ...COMPLAINTS, ...wrong }, 'admin')).rejects.toThrow(named)
  expect(told).toEqual([])
})

test('a completeness mark goes forward only, and never ahead of the clock', async () => {
  const { register, marks, clock } = createSetting()
  await expect(register.complete('/sx/12315', 1, 'admin')).rejects.toThrow(YujingError)
  await register.put(COMPLAINTS, 'admin')
  const through = clock.time - 3_600_000
  await register.complete('/sx/12315', through, 'k1')
  await expect(register.complete('/sx/12315', clock.time + 1, 'k1')).rejects.toThrow(/ahead/)
  await expect(register.complete('/sx/12315', through - 1, 'k1')).rejects.toThrow(/behind/)
  expect(marks).toEqual([{ source: '/sx/12315', through, by: 'k1' }])
  expect(register.find('/sx/12315')?.complete).toEqual({
    through: '2026-11-23T07:00:00+08:00',
    markedAt: '2026-11-23T08:00:00+08:00',
    markedBy: 'k1',
  })
})

test('refused events are shown by registered source, and not at all while history is away', async () => {
  const setting = createSetting()
  await setting.register.put(COMPLAINTS, 'admin')
  setting.refused = [
    { source: '/sx/12315/taiyuan', today: 1, week: 2 },
    { source: '/sx/12315', today: 3, week: 4 },
  ]
  expect((await setting.board.list())[0]?.received).toMatchObject({ refusedToday: 4, refusedWeek: 6 })
  setting.refused = new YujingError('store.unavailable')
  await setting.pass(60_000)
  expect((await setting.board.list())[0]?.received).toMatchObject({ refusedToday: null, refusedWeek: null })
})
