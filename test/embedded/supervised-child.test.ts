import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execPath } from 'node:process'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { claimDataDir, type DataDir } from '../../src/embedded/data-dir.ts'
import { nextWaitMs, type SupervisedServer, supervise } from '../../src/embedded/supervised-child.ts'
import { silentLogger } from '../../src/telemetry/logger.ts'

const logger = silentLogger()
let path: string
let dataDir: DataDir
beforeEach(async () => {
  path = mkdtempSync(join(tmpdir(), 'yujing-supervised-'))
  dataDir = await claimDataDir(path, { logger })
})
afterEach(async () => {
  await dataDir.release()
  rmSync(path, { recursive: true, force: true })
})

/** A program that does nothing until it is ended; `launches` is called before each start and may refuse it. */
const sleeper = (launches: () => void = () => {}) => ({
  name: 'sleeper',
  anyPort: 0,
  logger,
  async launch() {
    launches()
    const child = await dataDir.spawn({
      name: 'sleeper',
      command: execPath,
      args: ['-e', 'setInterval(() => {}, 1e6)'],
    })
    return { child, port: 1 }
  },
})

async function kill(server: SupervisedServer): Promise<void> {
  const pid = server.pid()
  process.kill(pid, 'SIGKILL')
  await expect.poll(() => server.pid()).not.toBe(pid)
}

test('the waits double up to the longest, and begin anew after a healthy life', () => {
  const backOff = { firstMs: 100, mostMs: 5_000, healthyMs: 30_000 }
  const waits: number[] = []
  let last: number | null = null
  for (let death = 0; death < 8; death++) {
    last = nextWaitMs(last, 29_999, backOff)
    waits.push(last)
  }
  expect(waits).toEqual([100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000])
  expect(nextWaitMs(last, 30_000, backOff)).toBe(100)
  fc.assert(
    fc.property(fc.integer({ min: 100, max: 5_000 }), fc.nat(100_000), (before, lived) => {
      const next = nextWaitMs(before, lived, backOff)
      expect(next).toBeGreaterThanOrEqual(100)
      expect(next).toBeLessThanOrEqual(5_000)
    }),
  )
})

test('a child that keeps dying waits longer each time, tells so, and is well again once it runs', async () => {
  let refusals = 0
  const backOff = { firstMs: 20, mostMs: 100, healthyMs: 60_000 }
  const server = await supervise({
    ...sleeper(() => {
      if (refusals-- > 0) throw new Error('port taken')
    }),
    backOff,
  })
  expect(server.trouble()).toBeNull()
  await kill(server)
  refusals = 1_000
  process.kill(server.pid(), 'SIGKILL')
  await expect
    .poll(() => server.trouble())
    .toMatch(/^sleeper ended and is being started again \([2-9]\d* times in a row\)/)
  refusals = 0
  await expect.poll(() => server.trouble()).toBeNull()
  await server.stop()
})

test('after a healthy life a death is the first again', async () => {
  let refusals = 0
  const launch = sleeper(() => {
    if (refusals > 0) throw new Error('port taken')
  })
  // Whatever it lived was healthy.
  const server = await supervise({ ...launch, backOff: { firstMs: 20, mostMs: 100, healthyMs: 0 } })
  for (let death = 0; death < 3; death++) await kill(server)
  refusals = 1
  process.kill(server.pid(), 'SIGKILL')
  await expect.poll(() => server.trouble()).toContain('(1 times in a row)')
  refusals = 0
  await server.stop()
})

test('a stop that comes while it is being started again leaves nothing running', async () => {
  let release = () => {}
  let launches = 0
  const launch = sleeper()
  const server = await supervise({
    ...launch,
    async launch() {
      if (++launches > 1)
        await new Promise<void>((resolve) => {
          release = resolve
        })
      return launch.launch()
    },
    backOff: { firstMs: 1, mostMs: 1, healthyMs: 60_000 },
  })
  process.kill(server.pid(), 'SIGKILL')
  await expect.poll(() => launches).toBe(2)
  const stopped = server.stop()
  release()
  await stopped
  expect(() => process.kill(server.pid(), 0)).toThrow()
})
