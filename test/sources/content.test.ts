import { expect, test } from 'vitest'
import type { CanonicalEvent } from '../../src/model/event.ts'
import { DAY_MS, HOUR_MS } from '../../src/model/time.ts'
import { COMPLAINTS, canonical, createSetting, type Setting } from './setting.ts'

/** One day: so many events of each of two counties, at 9 o'clock. */
async function day(setting: Setting, events: readonly CanonicalEvent[], repeated = 0): Promise<void> {
  setting.sleep(HOUR_MS)
  setting.arrive(...events)
  setting.repeat(...Array.from({ length: repeated }, () => canonical()))
  setting.sleep(DAY_MS - HOUR_MS)
  await setting.pass(60_000)
  setting.sleep(-60_000)
}

const some = (count: number, more: Partial<CanonicalEvent> = {}) => Array.from({ length: count }, () => canonical(more))
const usual = () => [...some(100), ...some(20, { region: '140212' })]

async function learned(): Promise<Setting> {
  const setting = createSetting()
  await setting.register.put(COMPLAINTS, 'admin')
  for (let n = 0; n < 4; n++) await day(setting, usual())
  expect(await content(setting)).toEqual({ day: '2026-11-26', faults: [] })
  return setting
}

const content = async ({ board }: Setting) => (await board.list())[0]?.content

test('a day as usual has no faults, and the first days are only learned from', async () => {
  const setting = await learned()
  await day(setting, [...some(85), ...some(24, { region: '140212' })])
  expect(await content(setting)).toEqual({ day: '2026-11-27', faults: [] })
})

test('a county that always sent and sends nothing is named', async () => {
  const setting = await learned()
  await day(setting, some(120))
  expect((await content(setting))?.faults).toEqual([
    { check: 'county-missing', observed: 0, expected: 20, counties: ['140212'] },
  ])
})

test('a count off by a fifth and beyond chance is told', async () => {
  const setting = await learned()
  await day(setting, [...some(60), ...some(15, { region: '140212' })])
  expect((await content(setting))?.faults).toMatchObject([{ check: 'volume', observed: 75, expected: 120 }])
})

test('members that are missing, and repetitions, are told as shares', async () => {
  const setting = await learned()
  await day(setting, [...some(70, { subject: '' }), ...some(50, { region: '140212', industry: '' })], 60)
  const faults = (await content(setting))?.faults ?? []
  expect(faults.map(({ check }) => check)).toEqual(['subject-missing', 'industry-missing', 'duplicates'])
  expect(faults[0]?.observed).toBeCloseTo(70 / 120)
  expect(faults[2]?.observed).toBeCloseTo(1 / 3)
})
