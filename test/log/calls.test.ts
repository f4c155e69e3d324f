import { afterAll, beforeAll, expect, it } from 'vitest'
import type { LogConnection } from '../../src/log/connection.ts'
import { YujingError } from '../../src/model/errors.ts'
import { type LogWorld, startLogWorld, textOf } from './log-world.ts'

let world: LogWorld
let one: LogConnection
let two: LogConnection

beforeAll(async () => {
  world = await startLogWorld()
  one = await world.connect()
  two = await world.connect()
})
afterAll(() => world.end())

const bytes = (text: string) => new TextEncoder().encode(text)

it('carries a question to the process at an address, and its answer back', async () => {
  const end = two.calls.answer('b', 'echo', async (question) => bytes(`you said ${textOf(question)}`))
  expect(textOf(await one.calls.ask('b', 'echo', bytes('你好'), 10_000))).toBe('you said 你好')
  const large = new Uint8Array(one.calls.mostBytes).fill(65)
  expect((await one.calls.ask('b', 'echo', large, 10_000)).length).toBe(large.length + 'you said '.length)
  end()
  await expect(one.calls.ask('b', 'echo', bytes('still there?'), 10_000)).rejects.toMatchObject({
    code: 'log.unavailable',
  })
})

it('carries a refusal as it is, and tells nothing of a fault', async () => {
  const errors = [new YujingError('log.full', 'no room', { retryAfterSeconds: 9 }), new Error('a secret')]
  const end = two.calls.answer('b', 'fail', async () => {
    throw errors.shift()
  })
  await expect(one.calls.ask('b', 'fail', bytes(''), 10_000)).rejects.toMatchObject({
    code: 'log.full',
    message: 'no room',
    details: { retryAfterSeconds: 9 },
  })
  const fault = await one.calls.ask('b', 'fail', bytes(''), 10_000).catch((error: YujingError) => error)
  expect(fault).toMatchObject({ code: 'internal' })
  expect(JSON.stringify(fault) + (fault as Error).message).not.toContain('secret')
  end()
})

it('does not wait for one that does not answer', async () => {
  const end = two.calls.answer('b', 'sleep', () => new Promise(() => {}))
  await expect(one.calls.ask('b', 'sleep', bytes(''), 50)).rejects.toMatchObject({ code: 'log.unavailable' })
  end()
})
