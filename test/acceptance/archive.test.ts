import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { packageRoot } from '../../src/embedded/package-root.ts'
import type { Alert } from '../../src/model/alert.ts'
import { eventually, type Service, startService } from '../support/service.ts'
import { ago, alerts, complaint, creditCode, post, settled } from '../support/world.ts'

const MINUTE = 60_000

let service: Service
beforeAll(async () => {
  service = await startService({ env: { YUJING_ALERT_KEPT_DAYS: '0' } })
})
afterAll(() => service.stop())

async function act(alert: Alert, body: object): Promise<Response> {
  return service.request(`/v1/alerts/${alert.id}/actions`, {
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json', 'if-match': `"${alert.revision}"` },
  })
}

test('a finished alert is archived in ClickHouse, listed and read as before, and comes back when it is reopened', async () => {
  for (const number of [9001, 9002]) {
    await post(
      service,
      Array.from({ length: 6 }, (_, n) =>
        complaint(creditCode(number), { time: ago((6 - n) * MINUTE), phone: `1390000000${n}` }),
      ),
    )
  }
  await settled(service)
  const [newer, older] = await alerts(service)
  const dismissed = (await (await act(older as Alert, { action: 'dismiss', reason: 'checked' })).json()) as Alert
  const before = await alerts(service)
  expect(before.map(({ id }) => id)).toEqual([dismissed.id, newer?.id])

  const head = async () =>
    ((await (await service.request('/v1/alerts?limit=1')).json()) as { cursor: { offset: number } }).cursor.offset
  const offset = await head()
  // It looks through what is finished at its start, then every hour.
  await service.restart()
  await eventually('the deletion from the bucket', async () => (await head()) > offset)
  expect(await alerts(service)).toEqual(before)
  expect(await alerts(service, '&status=dismissed')).toEqual([dismissed])
  const read = await service.request(`/v1/alerts/${dismissed.id}`)
  expect([await read.json(), read.headers.get('etag')]).toEqual([dismissed, `"${dismissed.revision}"`])

  const program = join(packageRoot(), 'dist/src/main.js')
  const { stdout, status } = spawnSync(
    process.execPath,
    [program, 'verify', dismissed.id, '--data-dir', service.dataDir],
    { encoding: 'utf8' },
  )
  expect([stdout, status]).toEqual([expect.stringContaining('reproduced: observed '), 0])

  const reopened = await act(dismissed, { action: 'reopen' })
  expect([reopened.status, ((await reopened.json()) as Alert).status]).toEqual([200, 'open'])
  expect((await alerts(service)).map(({ id, status }) => [id, status])).toEqual([
    [dismissed.id, 'open'],
    [newer?.id, 'open'],
  ])
}, 120_000)
