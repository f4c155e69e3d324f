import { expect, it } from 'vitest'
import { createEnterpriseNames } from '../src/enterprise-names.ts'

const MINUTE_MS = 60_000

it('asks for all at once, believes a name for ten minutes, and never that there is none', async () => {
  const registered = new Map([['A', '火锅店甲']])
  const asked: string[][] = []
  const clock = { time: 0 }
  const names = createEnterpriseNames(
    {
      async enterpriseNames(codes) {
        asked.push([...codes])
        return new Map(registered)
      },
    },
    { now: () => clock.time },
  )
  const all = (...codes: string[]) => Promise.all(codes.map((code) => names.name(code)))
  expect(await all('A', 'B')).toEqual(['火锅店甲', null])
  registered.set('A', '火锅店丙').set('B', '火锅店乙')
  clock.time = 10 * MINUTE_MS - 1
  expect(await all('A', 'B')).toEqual(['火锅店甲', '火锅店乙'])
  clock.time += 1
  expect(await all('A', 'B')).toEqual(['火锅店丙', '火锅店乙'])
  expect(asked).toEqual([['A', 'B'], ['B'], ['A']])
})
