import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eventually, type Service, startService } from '../support/service.ts'
import { mountSmallDisk, type SmallDisk } from '../support/small-disk.ts'
import { ago, alerts, complaint, creditCode, post } from '../support/world.ts'

const MIB = 1024 ** 2
const RESERVE = 16 * MIB
/** A small disk of its own needs root; without it the watch's own tests must do, and this one shows as skipped. */
const disk = mountSmallDisk(320)

let service: Service | null = null
beforeAll(async () => {
  const env = { YUJING_DISK_RESERVE_BYTES: String(RESERVE), YUJING_DISK_FREE_PERCENT: '10' }
  if (disk !== null) service = await startService({ under: disk.path, env })
})
afterAll(async () => {
  await service?.stop()
  disk?.remove()
})

const six = (subject: string) =>
  Array.from({ length: 6 }, (_, n) => complaint(subject, { time: ago(60_000), phone: `1380000000${n}` }))

describe('a disk that fills up and is freed', () => {
  test.skipIf(disk === null)(
    'loses nothing that was accepted, and goes on without a hand',
    async () => {
      const own = service as Service
      const reserve = () =>
        stat(join(own.dataDir, 'reserve')).then(
          ({ blocks }) => blocks * 512,
          () => 0,
        )
      const readiness = async () => (await own.request('/readyz')).status
      const hasAlert = async (code: string) => (await alerts(own)).find(({ subject }) => subject.key === code) ?? null
      const [gym, school] = [creditCode(1), creditCode(2)]

      expect((await post(own, six(gym))).answer.accepted).toBe(6)
      const alert = await eventually('an alert', () => hasAlert(gym))
      await eventually('the reserve', async () => (await reserve()) >= RESERVE)

      const small = disk as SmallDisk
      await small.fill(24 * MIB)
      await eventually('a closed door', async () => (await readiness()) === 503)
      const refused = await own.request('/v1/events', {
        body: JSON.stringify(six(school)[0]),
        headers: { 'content-type': 'application/cloudevents+json' },
      })
      expect(refused.status).toBe(503)
      expect(refused.headers.get('retry-after')).not.toBeNull()
      expect(await refused.json()).toMatchObject({ error: { code: 'disk.full' } })
      expect((await own.request('/v1/alerts?limit=1')).status).toBe(200)

      await small.fill(0)
      await eventually('a reserve given up', async () => (await reserve()) === 0)
      await small.fill(0)
      // Officers go on: what they write either is kept or is refused, and does not come through by half.
      const acts: number[] = []
      for (let n = 0; n < 4; n++) {
        const current = await own.request(`/v1/alerts/${alert.id}`)
        const answer = await own.request(`/v1/alerts/${alert.id}/actions`, {
          body: JSON.stringify({ action: 'comment', note: 'x'.repeat(1_500) }),
          headers: { 'content-type': 'application/json', 'if-match': current.headers.get('etag') ?? '' },
        })
        acts.push(answer.status)
      }
      await small.fill(0)

      await small.free()
      await eventually('an open door', async () => (await readiness()) === 200, 60_000)
      // As a source would: again until all of it is known to be in the log.
      const late = six(school)
      await eventually('events taken', async () => (await post(own, late)).status === 202, 60_000)
      await eventually('an alert', () => hasAlert(school))
      expect(await hasAlert(gym)).toMatchObject({ id: alert.id })
      const kept = (await hasAlert(gym))?.history.filter(({ action }) => action === 'comment').length
      expect(kept).toBeGreaterThanOrEqual(acts.filter((status) => status === 200).length)
      await eventually('history', async () => (await timeline(gym)) === 6 && (await timeline(school)) === 6)
      await eventually('the reserve', async () => (await reserve()) >= RESERVE)

      async function timeline(code: string): Promise<number> {
        const response = await own.request(`/v1/enterprises/${code}/timeline?limit=100`)
        return response.status === 200 ? ((await response.json()) as { items: unknown[] }).items.length : 0
      }
    },
    240_000,
  )
})
