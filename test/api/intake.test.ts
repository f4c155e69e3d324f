import { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import { describe, expect, it } from 'vitest'
import { createIntake } from '../../src/api/intake.ts'
import type { Lane } from '../../src/model/lane.ts'

const limits = {
  eventsBodyBytes: 1_000,
  intakeBytes: 900,
  batchIntakeBytes: 500,
  liveBytes: 100,
  drainedBytes: 2_000,
  refusedBytes: 50,
}

describe('the intake of bodies', () => {
  /** A request whose body comes in pieces of so many bytes. */
  function request(...pieces: number[]): IncomingMessage {
    const message = new IncomingMessage(new Socket())
    for (const bytes of pieces) message.push(Buffer.alloc(bytes))
    message.push(null)
    return message
  }
  const open = () => {
    const intake = createIntake(limits)
    return (lane: Lane, ...pieces: number[]) => intake.take(request(...pieces), lane)
  }
  const FULL = { code: 'rate.limited' }

  it('refuses the batch lane when too much of it waits, and still takes live ones', async () => {
    const take = open()
    const first = await take('batch', 250, 250)
    await expect(take('batch', 1)).rejects.toMatchObject(FULL)
    const live = await take('live', 100)
    first.release()
    const next = await take('batch', 500)
    next.release()
    live.release()
  })

  it('counts a long body to the batch lane whatever it asks for, from its first byte on', async () => {
    const take = open()
    const long = await take('live', 60, 60, 280)
    await expect(take('batch', 101)).rejects.toMatchObject(FULL)
    await expect(take('live', 100, 1)).rejects.toMatchObject(FULL)
    const rest = await take('batch', 100)
    rest.release()
    long.release()
    await take('batch', 500)
  })

  it('gives back what a refused body held', async () => {
    const take = open()
    await expect(take('batch', 300, 300)).rejects.toMatchObject(FULL)
    await expect(take('live', 90, 500)).rejects.toMatchObject(FULL)
    await take('batch', 500)
  })
})
