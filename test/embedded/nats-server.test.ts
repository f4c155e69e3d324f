import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { jetstreamManager } from '@nats-io/jetstream'
import { connect } from '@nats-io/transport-node'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readChildren } from '../../src/embedded/children-file.ts'
import { claimDataDir, type DataDir } from '../../src/embedded/data-dir.ts'
import { natsConfiguration } from '../../src/embedded/nats-configuration.ts'
import { startNatsServer } from '../../src/embedded/nats-server.ts'
import { identify, isRunning, type ProcessIdentity } from '../../src/embedded/processes.ts'
import { silentLogger } from '../../src/telemetry/logger.ts'

const logger = silentLogger()
let path: string
const claimed: DataDir[] = []
const owners: ChildProcess[] = []

async function claim(): Promise<DataDir> {
  const dataDir = await claimDataDir(path, { logger })
  claimed.push(dataDir)
  return dataDir
}

/** A service in a process of its own that runs nats-server on `path`. */
async function startOwner(): Promise<{ owner: ChildProcess; nats: ProcessIdentity }> {
  const owner = spawn(process.execPath, ['test/support/run-typescript.mjs', 'test/embedded/owner.ts', path], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  owners.push(owner)
  const [line] = await once(createInterface({ input: owner.stdout as NodeJS.ReadableStream }), 'line')
  const nats = identify(JSON.parse(line).natsPid)
  if (!nats) throw new Error('nats-server of the owner does not run')
  return { owner, nats }
}

async function killed(owner: ChildProcess): Promise<void> {
  owner.kill('SIGKILL')
  await once(owner, 'exit')
}

beforeEach(() => {
  path = mkdtempSync(join(tmpdir(), 'yujing-nats-'))
})
afterEach(async () => {
  for (const dataDir of claimed.splice(0)) await dataDir.release()
  for (const owner of owners.splice(0)) owner.kill('SIGKILL')
  rmSync(path, { recursive: true, force: true })
})

test('the server runs in the data directory, lets the service in and nobody else', async () => {
  const server = await startNatsServer({ dataDir: await claim(), logger })
  const connection = await connect({ servers: server.url, user: server.user, pass: server.password })
  const manager = await jetstreamManager(connection)
  await manager.streams.add({ name: 'PROBE', subjects: ['probe'] })
  expect(statSync(join(path, 'nats', 'jetstream')).isDirectory()).toBe(true)
  expect(connection.info?.version).toBe(server.version)
  await connection.close()
  await expect(connect({ servers: server.url })).rejects.toThrow(/authorization/i)
  await expect(connect({ servers: server.url, user: 'service', pass: 'guess' })).rejects.toThrow(/authorization/i)
  expect(statSync(join(path, 'nats.conf')).mode & 0o777).toBe(0o600)
  expect(readFileSync(join(path, 'nats.conf'), 'utf8')).toContain(server.password)
})

test('a server that dies comes back on the same port', async () => {
  const server = await startNatsServer({ dataDir: await claim(), logger })
  const pid = server.pid()
  process.kill(pid, 'SIGKILL')
  await expect.poll(() => server.pid()).not.toBe(pid)
  const connection = await connect({ servers: server.url, user: server.user, pass: server.password })
  await connection.close()
  await server.stop()
  expect(readChildren(path)).toEqual([])
})

test('a server that cannot start says why', async () => {
  const dataDir = await claim()
  rmSync(join(path, 'nats'), { recursive: true, force: true })
  await expect(startNatsServer({ dataDir, logger, binary: '/bin/false' })).rejects.toThrow()
  expect(readChildren(path)).toEqual([])
})

test('kill -9 of the service leaves no nats-server behind', async () => {
  const { owner, nats } = await startOwner()
  await killed(owner)
  await expect.poll(() => isRunning(nats)).toBe(false)
})

test('while a service lives nobody opens its store; after kill -9 the next waits until the old store is closed', async () => {
  const { owner, nats } = await startOwner()
  await expect(claimDataDir(path, { logger })).rejects.toThrow(`belongs to process ${owner.pid}`)
  expect(isRunning(nats)).toBe(true)

  // The guard dies before it can act on the service's death, so only children.json knows the store's process.
  owner.kill('SIGSTOP')
  for (const { name, pid } of readChildren(path)) if (name.endsWith('guard')) process.kill(pid, 'SIGKILL')
  await killed(owner)
  const dataDir = await claim()
  expect(isRunning(nats)).toBe(false)
  await startNatsServer({ dataDir, logger })
})

test('from 2.10 on every acknowledged message is on disk', () => {
  const configuration = (syncsAlways: boolean) =>
    natsConfiguration({
      host: '127.0.0.1',
      port: -1,
      storeDir: '/s',
      binary: { path: '/n', version: '0', syncsAlways },
      users: [],
    })
  expect(JSON.parse(configuration(true)).jetstream.sync_interval).toBe('always')
  expect(JSON.parse(configuration(false)).jetstream).not.toHaveProperty('sync_interval')
})
