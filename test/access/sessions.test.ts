import { afterEach, describe, expect, test } from 'vitest'
import { type Access, createAccess } from '../../src/access/access.ts'
import { SESSION_ABSOLUTE_MS, SESSION_IDLE_MS } from '../../src/access/sessions.ts'
import { silentLogger } from '../../src/telemetry/logger.ts'
import { until } from '../alerts/office.ts'
import { MemoryBucket } from '../support/memory-bucket.ts'

const opened: Access[] = []
const clock = { time: 1_000_000 }
const MINUTE_MS = 60_000

async function accessOn(bucket: MemoryBucket<unknown>, bootstrapKey = 'bootstrap-key-0123') {
  const access = createAccess({ bucket, clock: { now: () => clock.time }, logger: silentLogger(), bootstrapKey })
  opened.push(access)
  await access.start()
  return access
}

async function signIn(access: Access, key = 'bootstrap-key-0123') {
  const grant = access.byKey(key, '10.0.0.1')
  if (grant === null) throw new Error('the key is wrong')
  return access.sessions.open(grant.keyDigest, grant.identity)
}

afterEach(async () => {
  for (const access of opened.splice(0)) await access.stop()
})

describe('sessions', () => {
  test('a session survives a restart with its token against forgery', async () => {
    const bucket = new MemoryBucket<unknown>()
    const { token, session } = await signIn(await accessOn(bucket))
    const again = (await accessOn(bucket)).bySession(token)
    expect(again?.identity.id).toBe('bootstrap')
    expect(again?.session?.csrf).toBe(session.csrf)
    expect(JSON.stringify(await bucket.entries())).not.toContain(token)
    expect(JSON.stringify(await bucket.entries())).not.toContain(session.csrf)
  })

  test('use keeps it alive, half an hour without use ends it', async () => {
    const access = await accessOn(new MemoryBucket<unknown>())
    const { token } = await signIn(access)
    for (let used = 0; used < 3; used++) {
      clock.time += SESSION_IDLE_MS - 1
      const before = clock.time
      expect(access.bySession(token)).not.toBeNull()
      await until(() => access.sessions.find(token, 'peek') !== null && before === clock.time)
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    clock.time += SESSION_IDLE_MS
    expect(access.bySession(token)).toBeNull()
  })

  test('looking does not prolong it', async () => {
    const access = await accessOn(new MemoryBucket<unknown>())
    const { token } = await signIn(access)
    const grant = access.bySession(token)
    clock.time += SESSION_IDLE_MS - 1
    expect(grant?.standing()).toBe('valid')
    await new Promise((resolve) => setTimeout(resolve, 5))
    clock.time += 1
    expect(grant?.standing()).toBe('expired')
  })

  test('twelve hours end it however much it is used', async () => {
    const access = await accessOn(new MemoryBucket<unknown>())
    const { token } = await signIn(access)
    const end = clock.time + SESSION_ABSOLUTE_MS
    while (clock.time + 10 * MINUTE_MS < end) {
      clock.time += 10 * MINUTE_MS
      expect(access.bySession(token)).not.toBeNull()
      await new Promise((resolve) => setTimeout(resolve, 3))
    }
    clock.time = end
    expect(access.bySession(token)).toBeNull()
  })

  test('it ends with its key, and a changed bootstrap key ends the old one', async () => {
    const bucket = new MemoryBucket<unknown>()
    const access = await accessOn(bucket)
    const { key, info } = await access.keys.add({ name: 'leader', role: 'viewer' }, 'root')
    const { token } = await signIn(access, key)
    const grant = access.bySession(token)
    await access.keys.revoke(info.id, 'root')
    expect(access.bySession(token)).toBeNull()
    expect(grant?.standing()).toBe('revoked')
    const { token: old } = await signIn(access)
    expect((await accessOn(bucket, 'another-bootstrap-key')).bySession(old)).toBeNull()
  })

  test('a closed session stays closed, a touch on its way included', async () => {
    const bucket = new MemoryBucket<unknown>()
    const access = await accessOn(bucket)
    const { token } = await signIn(access)
    clock.time += 2 * MINUTE_MS
    access.bySession(token)
    await access.sessions.close(token)
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(access.bySession(token)).toBeNull()
    expect((await accessOn(bucket)).bySession(token)).toBeNull()
  })

  test('ended sessions are swept from the bucket', async () => {
    const bucket = new MemoryBucket<unknown>()
    const access = await accessOn(bucket)
    await signIn(access)
    clock.time += SESSION_ABSOLUTE_MS
    await signIn(access)
    expect((await bucket.entries()).filter(({ key }) => key.startsWith('session.'))).toHaveLength(1)
  })
})
