import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { createApp } from '../../src/app.ts'
import { readConfig } from '../../src/config.ts'
import { systemTime } from '../../src/telemetry/clock.ts'
import { silentLogger } from '../../src/telemetry/logger.ts'
import { complaint, creditCode } from '../support/world.ts'

/** A whole service in this process, on the machine's clocks, of which the one on the wall can be set. */
const HOUR = 3_600_000
const adminKey = 'test-admin-key-0123456789abcdef'
const dataDir = mkdtempSync(join(tmpdir(), 'yujing-clock-'))
const system = systemTime()
let set = 0
const open = () => {
  const env = { YUJING_PORT: '0', YUJING_DATA_DIR: dataDir, YUJING_BOOTSTRAP_KEY: adminKey }
  const time = { wall: () => system.wall() + set, monotonic: system.monotonic }
  return createApp(readConfig(env, dataDir), { logger: silentLogger(), time })
}
let app = await open()
afterAll(async () => {
  await app.stop()
  rmSync(dataDir, { recursive: true, force: true })
})

async function ask(path: string, body?: unknown) {
  const response = await fetch(app.url + path, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { authorization: `Bearer ${adminKey}`, 'content-type': 'application/cloudevents+json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  return { status: response.status, retryAfter: response.headers.get('retry-after'), body: await response.json() }
}
const confirm = async () => {
  const response = await fetch(`${app.url}/v1/clock/confirm`, {
    method: 'POST',
    headers: { authorization: `Bearer ${adminKey}` },
  })
  return { status: response.status, body: (await response.json()) as { doubt: unknown; error?: { code: string } } }
}
const now = () => system.wall() + set
const file = (time: number) => ask('/v1/events', complaint(creditCode(7), { time: new Date(time).toISOString() }))
const clock = async () => (await ask('/v1/clock')).body as { wall: string; logTime: string; doubt: { reason: string } }
const logTime = async () => Date.parse((await clock()).logTime)

async function expectDoubt(reason: string): Promise<void> {
  expect(await file(now() - 60_000)).toMatchObject({ status: 503, body: { error: { code: 'clock.doubtful' } } })
  expect((await file(now() - 60_000)).retryAfter).not.toBeNull()
  expect(await ask('/readyz')).toMatchObject({ status: 503, body: { reasons: [`clock ${reason}`] } })
  expect(await clock()).toMatchObject({ doubt: { reason } })
}

async function expectBelief(): Promise<void> {
  expect(await clock()).toMatchObject({ doubt: null })
  expect(await ask('/readyz')).toMatchObject({ status: 200 })
  expect(await file(now() - 60_000)).toMatchObject({ status: 202, body: { accepted: 1 } })
}

test('a clock that jumps closes the door until an administrator confirms it', async () => {
  await expectBelief()
  expect(await confirm()).toMatchObject({ status: 409, body: { error: { code: 'action.not-allowed' } } })

  // The machine slept an hour, or the clock was set ahead.
  set = HOUR
  await expectDoubt('jumped-forward')
  const stood = await logTime()
  expect(await confirm()).toMatchObject({ status: 200, body: { doubt: null } })
  await expectBelief()
  expect(await logTime()).toBeGreaterThanOrEqual(stood + HOUR - 60_000)

  // It was set ahead by mistake: it goes back, behind the log. Even a restart does not make that right.
  set = 0
  await expectDoubt('jumped-back')
  const ahead = await logTime()
  await app.stop()
  app = await open()
  await expectDoubt('behind-log')
  expect(await confirm()).toMatchObject({ status: 200, body: { doubt: null } })
  await expectBelief()
  expect(await logTime()).toBe(ahead)

  // What was confirmed holds over a restart, for as long as log time stands there.
  await app.stop()
  app = await open()
  await expectBelief()
  expect(await logTime()).toBe(ahead)
}, 120_000)

test('at a start a forward gap is taken as it is', async () => {
  await app.stop()
  set = 3 * 24 * HOUR
  app = await open()
  await expectBelief()
}, 60_000)
