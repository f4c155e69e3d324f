import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createDiskGuard } from '../src/disk-guard.ts'
import { openReserveFile } from '../src/embedded/reserve-file.ts'
import { silentLogger } from '../src/telemetry/logger.ts'
import { createMetrics } from '../src/telemetry/metrics.ts'

const MIB = 1024 ** 2
const RESERVE = 8 * MIB
let directory: string
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'yujing-disk-'))
})
afterEach(() => rm(directory, { recursive: true, force: true }))

const reserve = () => openReserveFile(join(directory, 'reserve'), RESERVE)
const held = () =>
  stat(join(directory, 'reserve')).then(
    ({ blocks }) => blocks * 512,
    () => 0,
  )

/** A disk of 1,000 MiB; `free` counts what the others leave, the reserve taken off it when it is there. */
async function disk(percent = 5) {
  const others = { freeMib: 500, away: false }
  let revived = 0
  const file = await reserve()
  const metrics = createMetrics()
  const guard = createDiskGuard({
    space: {
      async read() {
        if (others.away) throw new Error('no such disk')
        return { freeBytes: others.freeMib * MIB - (RESERVE - file.lacks()), totalBytes: 1_000 * MIB }
      },
    },
    reserve: file,
    reserveBytes: RESERVE,
    closeBelowPercent: percent,
    revive: async () => {
      revived++
    },
    logger: silentLogger(),
    metrics,
  })
  return {
    guard,
    metrics,
    others,
    revived: () => revived,
    /** How the door stands when the others leave so much. */
    async at(freeMib: number) {
      others.freeMib = freeMib
      await guard.look()
      return guard.isOpen()
    },
  }
}

describe('the watch over the disk', () => {
  test('closes below five per cent with a code, and opens by itself a tenth above', async () => {
    const { guard, at } = await disk()
    expect(await at(500)).toBe(true)
    expect(() => guard.assertRoom()).not.toThrow()
    expect(await at(50 + 8)).toBe(true)
    expect(await at(50 + 7)).toBe(false)
    expect(() => guard.assertRoom()).toThrow(expect.objectContaining({ code: 'disk.full' }))
    expect(await at(55 + 7)).toBe(false)
    expect(await at(55 + 8)).toBe(true)
  })

  test('writes the reserve for real, gives it up last, and never opens the door upon it', async () => {
    const { at, revived } = await disk()
    await at(500)
    expect(await held()).toBeGreaterThanOrEqual(RESERVE)
    expect(await at(40)).toBe(false)
    expect(await held()).toBeGreaterThanOrEqual(RESERVE)
    expect(await at(9)).toBe(false)
    expect(await held()).toBe(0)
    expect(revived()).toBe(0)
    expect(await at(9)).toBe(false)
    expect(revived()).toBe(1)
    expect(await at(9)).toBe(false)
    expect(revived()).toBe(1)
    expect(await at(62)).toBe(false)
    expect(await held()).toBe(0)
    expect(await at(63)).toBe(true)
    expect(await held()).toBeGreaterThanOrEqual(RESERVE)
  })

  test('a disk too small for the reserve is full from the start, and one per cent can be chosen', async () => {
    const { at } = await disk()
    expect(await at(57)).toBe(false)
    expect(await held()).toBe(0)
    const chosen = await disk(1)
    expect(await chosen.at(18)).toBe(true)
    expect(await chosen.at(17)).toBe(false)
  })

  test('what cannot be asked changes nothing', async () => {
    const { guard, others } = await disk()
    await guard.look()
    others.away = true
    await expect(guard.look()).rejects.toThrow('no such disk')
    expect(guard.isOpen()).toBe(true)
    await guard.start()
    await guard.stop()
    expect(guard.isOpen()).toBe(true)
  })

  test('a reserve of an earlier life counts when it is whole and not sparse', async () => {
    const first = await reserve()
    expect(first.lacks()).toBe(RESERVE)
    await first.fill()
    expect((await reserve()).lacks()).toBe(0)
    const { open } = await import('node:fs/promises')
    const file = await open(join(directory, 'reserve'), 'w')
    await file.truncate(RESERVE)
    await file.close()
    expect((await reserve()).lacks()).toBe(RESERVE)
  })
})
