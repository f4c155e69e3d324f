import { expect, it } from 'vitest'
import { askedTogether } from '../src/asked-together.ts'

it('asks one question at a time; what comes meanwhile goes together into the next, a failure of the first or not', async () => {
  const asked: { readonly numbers: readonly number[]; readonly answer: (error?: Error) => void }[] = []
  const ask = askedTogether(
    (numbers: readonly number[]) =>
      new Promise<number>((resolve, reject) => {
        const sum = () => numbers.reduce((a, b) => a + b, 0)
        asked.push({ numbers, answer: (error) => (error ? reject(error) : resolve(sum())) })
      }),
  )
  const first = ask([1])
  await expect.poll(() => asked.length).toBe(1)
  const second = ask([2, 3])
  await new Promise((resolve) => setImmediate(resolve))
  expect(asked.length).toBe(1)
  const third = ask([4])
  asked[0]?.answer(new Error('away'))
  await expect(first).rejects.toThrow('away')
  await expect.poll(() => asked.length).toBe(2)
  expect(asked[1]?.numbers).toEqual([2, 3, 4])
  asked[1]?.answer()
  expect(await Promise.all([second, third])).toEqual([9, 9])
  const last = ask([5])
  await expect.poll(() => asked.length).toBe(3)
  asked[2]?.answer()
  expect(await last).toBe(5)
})
