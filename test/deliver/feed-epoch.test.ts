import { readFileSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { AlertBucket } from '../../src/alerts/ports/alert-bucket.ts'
import { feedEpochOf } from '../../src/feed-epoch.ts'
import { openFeedMark, type Told } from '../../src/feed-mark.ts'
import type { StoredAlert } from '../../src/model/alert.ts'
import { silentLogger } from '../../src/telemetry/logger.ts'
import { finding } from '../alerts/findings.ts'
import { openOffice } from '../alerts/office.ts'
import { MemoryBucket } from '../support/memory-bucket.ts'

let directory: string
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'yujing-mark-'))
})
afterAll(() => rm(directory, { recursive: true, force: true }))

/** A life of the service: its epoch, given what it finds in the log and in the data directory. */
async function starts(settings: MemoryBucket<string>, told: Told | null, last: number): Promise<string> {
  return feedEpochOf({ settings, told, last, logger: silentLogger() })
}

describe('the epoch', () => {
  test('is minted once and holds while the log reaches as far as clients have seen', async () => {
    const settings = new MemoryBucket<string>()
    const epoch = await starts(settings, null, 0)
    expect(epoch).toMatch(/^[0-9a-f]{16}$/)
    expect(await starts(settings, null, 70)).toBe(epoch)
    expect(await starts(settings, { epoch, offset: 70 }, 70)).toBe(epoch)
    expect(await starts(settings, { epoch, offset: 70 }, 71)).toBe(epoch)
  })

  test('is renewed when the log ends below what was told', async () => {
    const settings = new MemoryBucket<string>()
    const epoch = await starts(settings, null, 0)
    const renewed = await starts(settings, { epoch, offset: 70 }, 69)
    expect(renewed).not.toBe(epoch)
    expect(await starts(settings, { epoch: renewed, offset: 69 }, 69)).toBe(renewed)
  })

  test('that another replica renewed holds here, whatever was told of the old one', async () => {
    const settings = new MemoryBucket<string>()
    const epoch = await starts(settings, null, 0)
    const renewed = await starts(settings, { epoch, offset: 70 }, 60)
    expect(await starts(settings, { epoch, offset: 80 }, 60)).toBe(renewed)
  })

  test('of a copy older than the last renewal is renewed again, however far that copy reaches', async () => {
    const settings = new MemoryBucket<string>()
    const epoch = await starts(settings, null, 0)
    const copy = new MemoryBucket<string>()
    await copy.create('feed.epoch', epoch)
    const renewed = await starts(settings, { epoch, offset: 70 }, 60)
    const again = await starts(copy, { epoch: renewed, offset: 61 }, 100)
    expect([epoch, renewed]).not.toContain(again)
  })
})

describe('the mark', () => {
  test('stands on the disk before the change it covers is told', async () => {
    const path = join(directory, 'before')
    const mark = await openFeedMark(path)
    expect(mark.found).toBeNull()
    const alerts = new MemoryBucket<StoredAlert>()
    const office = await openOffice({ bucket: mark.guard(port(alerts), 'e1') })
    const told: { offset: number; file: string }[] = []
    office.desk.book.subscribe(({ revision }) => told.push({ offset: revision, file: readFileSync(path, 'latin1') }))
    for (let at = 1; at <= 5; at += 1) await office.receives(finding({ at, alert: `alert-${at}` }))
    await office.closes()
    expect(told).toHaveLength(5)
    const copy = join(directory, 'as-it-was')
    for (const { offset, file } of told) {
      await writeFile(copy, file, 'latin1')
      expect((await reopened(copy))?.offset).toBeGreaterThanOrEqual(offset)
    }
    await mark.close()
    expect(await reopened(path)).toMatchObject({ epoch: 'e1', offset: await alerts.lastRevision() })
  })

  test('survives a write that was torn', async () => {
    const path = join(directory, 'torn')
    const alerts = new MemoryBucket<StoredAlert>()
    const mark = await openFeedMark(path)
    const office = await openOffice({ bucket: mark.guard(port(alerts), 'e1') })
    for (let at = 1; at <= 4; at += 1) await office.receives(finding({ at, alert: `alert-${at}` }))
    await office.closes()
    await mark.close()
    const whole = await readFile(path)
    const offsets: (number | undefined)[] = []
    for (const slot of [0, 4096]) {
      const torn = Buffer.from(whole)
      torn.write('9'.repeat(20), slot)
      await writeFile(path, torn)
      offsets.push((await reopened(path))?.offset)
    }
    expect(Math.max(...offsets.map((offset) => offset ?? 0))).toBe(await alerts.lastRevision())
    expect(Math.min(...offsets.map((offset) => offset ?? 0))).toBeGreaterThan(0)
  })
})

async function reopened(path: string): Promise<Told | null> {
  const mark = await openFeedMark(path)
  await mark.close()
  return mark.found
}

/** The port alone, without what tests do beside it; methods bound, for a guard spreads them. */
function port(bucket: MemoryBucket<StoredAlert>): AlertBucket {
  return {
    get: (key) => bucket.get(key),
    create: (key, value) => bucket.create(key, value),
    update: (key, value, revision) => bucket.update(key, value, revision),
    delete: (key, revision) => bucket.delete(key, revision),
    forget: (key, revision) => bucket.forget(key, revision),
    watch: (signal) => bucket.watch(signal),
    lastRevision: () => bucket.lastRevision(),
  }
}
