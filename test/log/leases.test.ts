import { afterEach, describe, expect, it } from 'vitest'
import type { Bucket } from '../../src/log/bucket.ts'
import type { LeaseValue } from '../../src/log/lease-table.ts'
import { createLeases, type Leases } from '../../src/log/leases.ts'
import { leaseTimes } from '../../src/log/own-lease.ts'
import { YujingError } from '../../src/model/errors.ts'
import { silentLogger } from '../../src/telemetry/logger.ts'
import { MemoryBucket } from '../support/memory-bucket.ts'
import { eventually } from '../support/service.ts'

type About = { readonly detects: boolean }
type LeaseBucket = Bucket<LeaseValue<About>>

/** Short, so that tests are. A machine that stalls for longer loses leases: what is asserted holds all the same. */
const TTL_MS = 400
const LONG_MS = 60_000

const running: Leases<About>[] = []
const fatal: Error[] = []

afterEach(async () => {
  await Promise.all(running.splice(0).map((leases) => leases.stop().catch(() => {})))
  expect(fatal.splice(0)).toEqual([])
})

async function replica(bucket: LeaseBucket, home: string, ttlMs = TTL_MS, graceMs?: number): Promise<Leases<About>> {
  const times = leaseTimes(ttlMs)
  const leases = createLeases<About>({
    bucket,
    home,
    times: { ...times, graceMs: graceMs ?? times.graceMs },
    about: () => ({ detects: true }),
    onFatal: (error) => fatal.push(error),
    logger: silentLogger(),
  })
  await leases.start()
  running.push(leases)
  return leases
}

/** The same bucket, as a replica sees it whose writes `before` may hold up or refuse. */
function through(bucket: MemoryBucket<LeaseValue<About>>, writes: (write: () => Promise<number>) => Promise<number>) {
  const seen: LeaseBucket = {
    get: (key) => bucket.get(key),
    create: (key, value) => writes(() => bucket.create(key, value)),
    update: (key, value, revision) => writes(() => bucket.update(key, value, revision)),
    put: (key, value) => bucket.put(key, value),
    delete: (key) => bucket.delete(key),
    forget: (key, revision) => bucket.forget(key, revision),
    watch: (signal) => bucket.watch(signal),
    lastRevision: () => bucket.lastRevision(),
    entries: () => bucket.entries(),
  }
  return seen
}

const taken = (leases: Leases<About>, name = 'lead') => eventually(`${name} to be had`, () => leases.claim(name))
/** Nothing runs in this process for so long. */
const standStill = (ms: number) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

describe('a claim', () => {
  it('has one holder, whom everybody knows, and goes on at once when it is given back', async () => {
    const bucket = new MemoryBucket<LeaseValue<About>>()
    const [one, two] = [await replica(bucket, 'one', LONG_MS), await replica(bucket, 'two', LONG_MS)]
    const claims = await Promise.all([one.claim('lead'), two.claim('lead')])
    const [holder, other] = claims[0] ? [one, two] : [two, one]
    expect(claims.filter((claim) => claim !== null)).toHaveLength(1)
    await eventually('both to know the holder', async () =>
      [one, two].every((leases) => leases.holder('lead')?.address === holder.address),
    )
    const [claim] = claims.filter((one) => one !== null)
    await claim?.release()
    expect([claim?.held(), claim?.lost.aborted]).toEqual([false, true])
    const next = await taken(other)
    expect(next.held()).toBe(true)
    await holder.stop()
    await other.stop()
    expect((await bucket.entries()).filter(({ key }) => key.startsWith('replica.'))).toEqual([])
  })

  it('is given up by a holder that cannot renew before anybody else has it', async () => {
    const bucket = new MemoryBucket<LeaseValue<About>>()
    let away = false
    const first = await replica(
      through(bucket, (write) => (away ? Promise.reject(new YujingError('log.unavailable')) : write())),
      'one',
    )
    const second = await replica(bucket, 'two')
    const held = await taken(first)
    away = true
    const next = await eventually('the other to have it', async () => {
      const claim = await second.claim('lead')
      if (claim) expect(held.held()).toBe(false)
      return claim
    })
    expect([held.held(), next.held()]).toEqual([false, true])
    await eventually('the first to give it up', async () => held.lost.aborted)
    away = false
    await eventually('a new life', async () => first.held())
    expect(await first.claim('lead')).toBeNull()
  })

  it('is not taken by one whose watch is late from one that renews', async () => {
    const bucket = new MemoryBucket<LeaseValue<About>>()
    const first = await replica(bucket, 'one')
    const held = await taken(first)
    const loaded = await bucket.lastRevision()
    const second = await replica(
      {
        ...through(bucket, (write) => write()),
        // Everything that was there at the start, and then nothing for a long time.
        async *watch(signal) {
          for await (const change of bucket.watch(signal)) {
            if (change.revision > loaded + 1) await new Promise((resolve) => signal.addEventListener('abort', resolve))
            yield change
          }
        },
      },
      'two',
    )
    await eventually('the lease to look expired', async () => second.holder('lead') === null)
    for (let n = 0; n < 20; n++) {
      const other = await second.claim('lead')
      expect(other !== null && held.held()).toBe(false)
      await pause(TTL_MS / 20)
    }
  })

  it('is lost when the answer to a renewal comes after the lease ran out', async () => {
    const bucket = new MemoryBucket<LeaseValue<About>>()
    let late = false
    const first = await replica(
      through(bucket, async (write) => {
        const revision = await write()
        if (late) await pause(2 * TTL_MS)
        return revision
      }),
      'one',
    )
    const held = await taken(first)
    late = true
    await eventually('the claim to be lost', async () => held.lost.aborted)
    expect(held.held()).toBe(false)
    late = false
  })

  it('outlives a process that stands still, if nobody took it: not held meanwhile, held again after', async () => {
    const bucket = new MemoryBucket<LeaseValue<About>>()
    const first = await replica(bucket, 'one', TTL_MS, LONG_MS)
    const held = await taken(first)
    const life = (await bucket.get('lead'))?.value
    standStill(2 * TTL_MS)
    expect(held.held()).toBe(false)
    await eventually('the claim to be held again', async () => held.held())
    expect(held.lost.aborted).toBe(false)
    expect((await bucket.get('lead'))?.value).toEqual(life)
    // The watch tells of the confirmation too: that is nobody else's claim.
    await pause(TTL_MS)
    expect(held.lost.aborted).toBe(false)
  })

  it('taken meanwhile is lost to a life that is resumed, and what nobody took is kept', async () => {
    const bucket = new MemoryBucket<LeaseValue<About>>()
    let arrives = () => {}
    let way = Promise.resolve()
    const first = await replica(
      through(bucket, async (write) => {
        await way
        return write()
      }),
      'one',
      TTL_MS,
      LONG_MS,
    )
    const [lead, store] = [await taken(first), await taken(first, 'store')]
    way = new Promise((resolve) => {
      arrives = resolve
    })
    const second = await replica(bucket, 'two', LONG_MS)
    const next = await eventually('the other to have it', async () => {
      const claim = await second.claim('lead')
      if (claim) expect(lead.held()).toBe(false)
      return claim
    })
    arrives()
    await eventually('the life to go on', async () => store.held())
    expect([lead.held(), lead.lost.aborted, store.lost.aborted]).toEqual([false, true, false])
    expect(next.held()).toBe(true)
  })

  it('confirmed after a pause cannot be taken by one who saw it expired before', async () => {
    const bucket = new MemoryBucket<LeaseValue<About>>()
    const first = await replica(bucket, 'one', TTL_MS, LONG_MS)
    let arrives = () => {}
    const way = new Promise<void>((resolve) => {
      arrives = resolve
    })
    let asked = false
    const late = through(bucket, (write) => write())
    const second = await replica(
      {
        ...late,
        async update(key, value, revision) {
          if (key === 'lead') {
            asked = true
            await way
          }
          return late.update(key, value, revision)
        },
      },
      'two',
      LONG_MS,
    )
    const held = await taken(first)
    await eventually('both to know the holder', async () => second.holder('lead')?.address === first.address)
    // Both live in this process: the other finds the lease expired when all wake up, and is slow to write.
    let other: ReturnType<typeof second.claim> = Promise.resolve(null)
    while (!asked) {
      standStill(2 * TTL_MS)
      other = second.claim('lead')
      await pause(TTL_MS / 20)
    }
    await eventually('the first to be held again', async () => held.held())
    arrives()
    expect(await other).toBeNull()
    expect(held.lost.aborted).toBe(false)
  })

  it('of a dead process goes at once to the next in its directory', async () => {
    const bucket = new MemoryBucket<LeaseValue<About>>()
    let dead = false
    const first = await replica(
      through(bucket, (write) => (dead ? Promise.reject(new YujingError('log.unavailable')) : write())),
      'one',
      LONG_MS,
    )
    await taken(first)
    dead = true
    const second = await replica(bucket, 'one', LONG_MS)
    expect(await second.claim('lead')).not.toBeNull()
  })

  it('is not fought over by two processes with one name: the older ends', async () => {
    const bucket = new MemoryBucket<LeaseValue<About>>()
    await replica(bucket, 'one')
    await replica(bucket, 'one')
    await eventually('the older to tell', async () => fatal.length > 0)
    expect(fatal.splice(0)[0]?.message).toContain('another process runs as replica one')
  })
})
