import { type ChildProcess, spawn } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readChildren, writeChildren } from '../../src/embedded/children-file.ts'
import { claimDataDir, type DataDir } from '../../src/embedded/data-dir.ts'
import { identify, isRunning, type ProcessIdentity } from '../../src/embedded/processes.ts'
import { silentLogger } from '../../src/telemetry/logger.ts'

const logger = silentLogger()
let path: string
const claimed: DataDir[] = []
const spawned: ChildProcess[] = []

async function claim(): Promise<DataDir> {
  const dataDir = await claimDataDir(path, { logger })
  claimed.push(dataDir)
  return dataDir
}

/** A process that is no child of any guard, as a service that died long ago might have left. */
function stray(): ProcessIdentity {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'])
  spawned.push(child)
  const identity = identify(child.pid as number)
  if (!identity) throw new Error('the stray process did not start')
  return identity
}

beforeEach(() => {
  path = mkdtempSync(join(tmpdir(), 'yujing-data-dir-'))
})
afterEach(async () => {
  for (const dataDir of claimed.splice(0)) await dataDir.release()
  for (const child of spawned.splice(0)) child.kill('SIGKILL')
  rmSync(path, { recursive: true, force: true })
})

test('a second claim fails, names the owner and leaves the first unharmed', async () => {
  const dataDir = await claim()
  await expect(claimDataDir(path, { logger })).rejects.toThrow(`belongs to process ${process.pid}`)
  const child = await dataDir.spawn({ name: 'sleeper', command: '/bin/sleep', args: ['60'] })
  await child.stop()
})

test('a released directory can be claimed again', async () => {
  const first = await claim()
  await first.release()
  claimed.length = 0
  await claim()
})

test('of many claims at one moment exactly one wins, over a released lock and over a fresh directory', async () => {
  for (let round = 0; round < 5; round++) {
    const outcomes = await Promise.allSettled(Array.from({ length: 8 }, () => claimDataDir(path, { logger })))
    const winners = outcomes.filter((outcome) => outcome.status === 'fulfilled')
    expect(winners).toHaveLength(1)
    await winners[0]?.value.release()
  }
})

test('of many that find the owner dead at one moment exactly one wins', async () => {
  writeFileSync(join(path, 'lock.7'), JSON.stringify({ pid: 1, host: 'gone', socket: 'owner-gone.sock' }))
  const outcomes = await Promise.allSettled(Array.from({ length: 8 }, () => claim()))
  expect(outcomes.filter((outcome) => outcome.status === 'fulfilled')).toHaveLength(1)
})

test('a data directory with a long path is locked as well', async () => {
  path = join(path, 'a'.repeat(120))
  await claim()
  await expect(claimDataDir(path, { logger })).rejects.toThrow('belongs to process')
})

test('a child runs, hands over its lines, and stands in children.json until it has ended', async () => {
  const dataDir = await claim()
  const lines: string[] = []
  const script = 'console.log(process.env.GREETING); console.error("to stderr"); setInterval(() => {}, 1000)'
  const child = await dataDir.spawn({
    name: 'greeter',
    command: process.execPath,
    args: ['-e', script],
    env: { GREETING: '你好' },
    onLine: (line) => lines.push(line),
  })
  expect(readChildren(path).map(({ name }) => name)).toEqual(['greeter guard', 'greeter'])
  expect(readChildren(path)[1]).toMatchObject({ pid: child.pid, executable: process.execPath })
  await expect.poll(() => lines.toSorted()).toEqual(['to stderr', '你好'])
  await child.stop()
  expect(await child.exited).toEqual({ code: null, signal: 'SIGTERM' })
  expect(readChildren(path)).toEqual([])
})

test('a child that does not hear SIGTERM is killed after the grace', async () => {
  const dataDir = await claim()
  const deaf = 'process.on("SIGTERM", () => {}); console.log("deaf"); setInterval(() => {}, 1000)'
  const lines: string[] = []
  const child = await dataDir.spawn({
    name: 'deaf',
    command: process.execPath,
    args: ['-e', deaf],
    onLine: (line) => lines.push(line),
  })
  await expect.poll(() => lines).toEqual(['deaf'])
  await child.stop(100)
  expect(await child.exited).toEqual({ code: null, signal: 'SIGKILL' })
})

test('a program that does not exist is refused by name', async () => {
  const dataDir = await claim()
  await expect(dataDir.spawn({ name: 'nothing', command: '/no/such/program', args: [] })).rejects.toThrow(
    'nothing cannot be started',
  )
  expect(readChildren(path)).toEqual([])
})

test('when its guard is killed the child is ended too', async () => {
  const dataDir = await claim()
  const child = await dataDir.spawn({ name: 'sleeper', command: '/bin/sleep', args: ['60'] })
  const guard = readChildren(path).find(({ name }) => name === 'sleeper guard')
  process.kill(guard?.pid as number, 'SIGKILL')
  await child.exited
  expect(identify(child.pid)).toBeNull()
})

test('a survivor of an earlier life is stopped before the directory is handed out', async () => {
  const survivor = stray()
  writeChildren(path, [{ name: 'nats-server', ...survivor }])
  await claim()
  expect(isRunning(survivor)).toBe(false)
})

test.each([
  ['start time', { startTime: 'another boot/1' }],
  ['executable', { executable: '/usr/sbin/nats-server' }],
])('a process with the pid of an old child and another %s is not touched', async (_, other) => {
  const stranger = stray()
  writeChildren(path, [{ name: 'nats-server', ...stranger, ...other }])
  await claim()
  expect(isRunning(stranger)).toBe(true)
})

test('a children.json that cannot be read stops the start and the directory stays free', async () => {
  writeFileSync(join(path, 'children.json'), '{')
  await expect(claimDataDir(path, { logger })).rejects.toThrow('cannot be read')
  rmSync(join(path, 'children.json'))
  await claim()
  expect(readFileSync(join(path, 'children.json'), 'utf8')).toBe('[]\n')
})

test('a directory keeps its name for ever, and a copy of it has another', async () => {
  const first = await claim()
  await first.release()
  claimed.length = 0
  const again = await claim()
  expect(again.home).toBe(first.home)
  const copy = `${path}-copy`
  cpSync(path, copy, { recursive: true, filter: (source) => !source.endsWith('.sock') })
  try {
    const other = await claimDataDir(copy, { logger })
    expect(other.home).not.toBe(first.home)
    await other.release()
  } finally {
    rmSync(copy, { recursive: true, force: true })
  }
})
