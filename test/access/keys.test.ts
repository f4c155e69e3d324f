import { compare } from 'bcryptjs'
import { afterEach, describe, expect, test } from 'vitest'
import type { NewKey } from '../../src/access/key-record.ts'
import { createKeys, type Keys } from '../../src/access/keys.ts'
import { silentLogger } from '../../src/telemetry/logger.ts'
import { until } from '../alerts/office.ts'
import { MemoryBucket } from '../support/memory-bucket.ts'

const opened: Keys[] = []

async function keysOn(bucket: MemoryBucket<unknown>, more: { bootstrapKey?: string; production?: boolean } = {}) {
  const keys = createKeys({ bucket, clock: { now: () => 0 }, logger: silentLogger(), ...more })
  opened.push(keys)
  await keys.start()
  return keys
}

afterEach(async () => {
  for (const keys of opened.splice(0)) await keys.stop()
})

describe('keys', () => {
  test('a new key opens with its rights, and the bucket holds no secret', async () => {
    const bucket = new MemoryBucket<unknown>()
    const keys = await keysOn(bucket)
    const { key, info } = await keys.add(
      { name: '12315', role: 'ingest', sources: ['/sx/12315'], backfill: true },
      'root',
    )
    expect(key).toMatch(/^[A-Za-z0-9_-]{43}$/)
    expect(keys.authenticate(key)?.identity).toEqual({
      id: info.id,
      name: '12315',
      role: 'ingest',
      areas: 'all',
      sources: ['/sx/12315'],
      types: 'all',
      rights: { retracts: false, backfill: true },
    })
    expect(JSON.stringify(await bucket.entries())).not.toContain(key)
    expect(JSON.stringify(keys.list())).not.toMatch(/digest|[0-9a-f]{64}/)
  })

  test('an inbox has a user whose password is the key, one key at a time', async () => {
    const bucket = new MemoryBucket<unknown>()
    const keys = await keysOn(bucket)
    const request: NewKey = { name: 'tax', role: 'ingest', sources: ['/sx/tax'], inbox: 'tax' }
    const { key, info } = await keys.add(request, 'root')
    expect(info.inbox).toBe('tax')
    const [user] = keys.inboxes()
    expect(user?.name).toBe('tax')
    expect(await compare(key, user?.password ?? '')).toBe(true)
    expect(JSON.stringify([...(await bucket.entries()), keys.list()])).not.toContain(key)
    expect(JSON.stringify(keys.list())).not.toContain(user?.password)
    expect(keys.inboxIdentity('tax')).toMatchObject({ id: info.id, sources: ['/sx/tax'] })
    await expect(keys.add(request, 'root')).rejects.toThrow(/taken/)
    await expect(keys.add({ ...request, inbox: 'service' }, 'root')).rejects.toThrow(/taken/)

    await keys.revoke(info.id, 'root')
    expect(keys.inboxes()).toEqual([])
    expect(keys.inboxIdentity('tax')).toBeNull()
    await keys.add(request, 'root')
    expect(keys.inboxes()).toHaveLength(1)
  })

  test('a reader of exports has a user of its own, limited to its types', async () => {
    const keys = await keysOn(new MemoryBucket<unknown>())
    const request: NewKey = { name: 'partner', role: 'viewer', export: 'partner', types: ['penalty.*'] }
    const { key, info } = await keys.add(request, 'root')
    expect(info).toMatchObject({ export: 'partner', types: ['penalty.*'], areas: 'all' })
    const [user] = keys.exports()
    expect(user).toMatchObject({ name: 'partner', types: ['penalty.*'] })
    expect(await compare(key, user?.password ?? '')).toBe(true)
    expect([keys.inboxes(), keys.inboxIdentity('partner')]).toEqual([[], null])
    const inbox: NewKey = { name: 'x', role: 'ingest', sources: ['/x'], inbox: 'partner' }
    await expect(keys.add(inbox, 'root')).rejects.toThrow(/taken/)
    await keys.revoke(info.id, 'root')
    expect(keys.exports()).toEqual([])
  })

  test.each([
    ['an export of another role', { name: 'x', role: 'ingest', sources: ['/x'], export: 'x' }],
    ['an export of one area', { name: 'x', role: 'viewer', export: 'x', areas: ['140105'] }],
    ['an export whose consumer could be that of another', { name: 'x', role: 'viewer', export: 'a-b' }],
    ['an inbox of another role', { name: 'x', role: 'viewer', inbox: 'x' }],
    ['an inbox whose name is no token', { name: 'x', role: 'ingest', sources: ['/x'], inbox: 'a.b' }],
    ['a sender without sources', { name: 'x', role: 'ingest' }],
    ['a supervisor without areas', { name: 'x', role: 'supervisor' }],
    ['an unknown member', { name: 'x', role: 'viewer', area: ['140105'] }],
    ['an empty scope', { name: 'x', role: 'supervisor', areas: [] }],
    ['an area that is none', { name: 'x', role: 'supervisor', areas: ['000000'] }],
    ['an unknown role', { name: 'x', role: 'root' }],
  ])('refuses %s', async (_what, request) => {
    const keys = await keysOn(new MemoryBucket<unknown>())
    await expect(keys.add(request as never, 'root')).rejects.toMatchObject({ code: 'request.invalid' })
  })

  test('a key made or revoked on one replica is known on the other', async () => {
    const bucket = new MemoryBucket<unknown>()
    const here = await keysOn(bucket)
    const there = await keysOn(bucket)
    const { key, info } = await here.add({ name: 'leader', role: 'viewer' }, 'root')
    await until(() => there.authenticate(key) !== null)
    await there.revoke(info.id, 'root')
    expect(there.authenticate(key)).toBeNull()
    await until(() => here.authenticate(key) === null)
    expect(here.list()).toMatchObject([{ id: info.id, revokedBy: 'root' }])
  })

  test('keys outlive the process', async () => {
    const bucket = new MemoryBucket<unknown>()
    const { key } = await (await keysOn(bucket)).add({ name: 'leader', role: 'viewer' }, 'root')
    expect((await keysOn(bucket)).authenticate(key)?.identity.role).toBe('viewer')
  })

  test.each(['short', 'has space in the middle', 'ümlaut-ümlaut-ümlaut', 'a'.repeat(129), ''])(
    '%j is no key',
    async (text) => {
      const keys = await keysOn(new MemoryBucket<unknown>(), { bootstrapKey: text })
      expect(keys.authenticate(text)).toBeNull()
    },
  )

  test('an entry of unknown shape grants nothing', async () => {
    const bucket = new MemoryBucket<unknown>()
    const keys = await keysOn(bucket)
    const { key, info } = await keys.add({ name: 'leader', role: 'viewer' }, 'root')
    await bucket.put(`key.${info.id}`, { role: 'admin' })
    await until(() => keys.authenticate(key) === null)
  })

  test('the bootstrap key is an administrator', async () => {
    const keys = await keysOn(new MemoryBucket<unknown>(), { bootstrapKey: 'bootstrap-key-0123' })
    expect(keys.authenticate('bootstrap-key-0123')?.identity).toMatchObject({
      id: 'bootstrap',
      role: 'admin',
      areas: 'all',
    })
  })

  test('in production it opens until there is an administrator, and then stops the start', async () => {
    const bucket = new MemoryBucket<unknown>()
    const production = { bootstrapKey: 'bootstrap-key-0123', production: true }
    const keys = await keysOn(bucket, production)
    expect(keys.authenticate('bootstrap-key-0123')).not.toBeNull()
    await keys.add({ name: 'chief', role: 'admin' }, 'bootstrap')
    expect(keys.authenticate('bootstrap-key-0123')).toBeNull()
    await expect(keysOn(bucket, production)).rejects.toThrow('YUJING_BOOTSTRAP_KEY')
  })
})
