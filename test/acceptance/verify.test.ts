import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Runtime } from '../../src/commands/runtime.ts'
import { connectLog } from '../../src/log/connection.ts'
import type { Alert } from '../../src/model/alert.ts'
import { silentLogger } from '../../src/telemetry/logger.ts'
import { askClickHouse, eventually, type Service, startService } from '../support/service.ts'
import { ago, alerts, complaint, creditCode, post, registration } from '../support/world.ts'

const root = resolve(import.meta.dirname, '../..')
const HOUR_MS = 3_600_000

describe('an alert is proved from stored history', () => {
  let service: Service
  let raised: Alert[]

  beforeAll(async () => {
    service = await startService()
    const gym = creditCode(1)
    const complaints = [1, 2, 3, 4, 5, 6].map((n) =>
      complaint(gym, { time: ago(n * HOUR_MS), phone: `1390000000${n}` }),
    )
    const address = '山西省太原市小店区长风街1号B座'
    const companies = [11, 12, 13, 14, 15, 16].map((n) =>
      registration(creditCode(n), { time: ago(n * HOUR_MS), name: `公司${n}`, address }),
    )
    await post(service, complaints)
    await post(service, companies)
    raised = await eventually('both alerts', async () => {
      const found = await alerts(service)
      return new Set(found.map(({ detector }) => detector)).size === 2 && found
    })
  })
  afterAll(() => service?.stop())

  const verify = (id: string, key = service.adminKey) =>
    service.request(`/v1/alerts/${id}/verify`, { method: 'POST', headers: { authorization: `Bearer ${key}` } })

  async function keyFor(areas: string): Promise<string> {
    const answer = await service.request('/v1/keys', {
      body: JSON.stringify({ role: 'viewer', name: 'reader', areas: [areas] }),
      headers: { 'content-type': 'application/json' },
    })
    return ((await answer.json()) as { key: string }).key
  }

  it('with the same numbers and events, whatever came afterwards', async () => {
    // A seventh complaint: the alert stands where its newest finding stood.
    await post(service, [complaint(creditCode(1), { time: ago(0), phone: '13900000099' })])
    for (const { id } of raised) {
      const proof = await eventually(`history of ${id}`, async () => {
        const answer = await verify(id)
        return answer.status === 200 && ((await answer.json()) as Record<string, unknown>)
      })
      const now = (await (await service.request(`/v1/alerts/${id}`)).json()) as Alert
      const { observed, threshold, eventsTotal, events } = now.evidence
      expect(proof).toEqual({ result: 'reproduced', observed, threshold, events, eventsTotal, differences: [] })
    }
  })

  it('within the scope of who asks', async () => {
    const [{ id }] = raised as [Alert]
    expect((await verify(id, await keyFor('140100'))).status).toBe(200)
    expect((await verify(id, await keyFor('140200'))).status).toBe(404)
    expect((await verify('0'.repeat(32))).status).toBe(404)
  })

  /** `yujing verify` as an operator runs it. */
  async function run(...args: string[]) {
    const child = spawn(process.execPath, [join(root, 'dist/src/main.js'), 'verify', ...args], {
      env: { PATH: process.env.PATH },
      cwd: root,
    })
    let text = ''
    child.stdout.on('data', (chunk) => {
      text += chunk
    })
    const [code] = (await once(child, 'close')) as [number]
    return { code, text }
  }

  it('on the command line, where another number is exit 1', async () => {
    const [{ id }] = raised as [Alert]
    expect(await run(id, '--data-dir', service.dataDir)).toMatchObject({
      code: 0,
      text: expect.stringContaining('reproduced: observed '),
    })
    expect((await run('not-an-id', '--data-dir', service.dataDir)).code).toBe(2)
    expect((await run('0'.repeat(32), '--data-dir', service.dataDir)).code).toBe(1)
  })

  it('and differs once history is not what it was', async () => {
    const { id, evidence } = raised.find(({ detector }) => detector === 'complaint-surge') as Alert
    const changed = evidence.events.at(-1)?.id
    const set = (type: string) =>
      askClickHouse(
        service,
        `ALTER TABLE events UPDATE type = '${type}' WHERE id = '${changed}' SETTINGS mutations_sync = 2`,
      )
    await set('complaint.closed')
    const proof = (await (await verify(id)).json()) as Record<string, unknown>
    expect(proof).toMatchObject({ result: 'differs', differences: [expect.any(String)] })
    expect(proof.observed).not.toBe(evidence.observed)
    expect(await run(id, '--data-dir', service.dataDir)).toMatchObject({
      code: 1,
      text: expect.stringContaining('differs'),
    })
    await set('complaint.filed')
    expect(await (await verify(id)).json()).toMatchObject({ result: 'reproduced' })
  })

  it('but not by another version of its detector than raised it', async () => {
    const [{ id, detectorVersion }] = raised as [Alert]
    const {
      natsUrl: url,
      natsUser: user,
      natsPassword: password,
      logMaxBytes: maxBytes,
    } = JSON.parse(await readFile(join(service.dataDir, 'runtime.json'), 'utf8')) as Runtime
    const log = await connectLog({ url, user, password, maxBytes, logger: silentLogger(), name: 'test' })
    try {
      const bucket = await log.bucket<Alert>('yujing_alerts')
      const found = await bucket.get(id)
      if (found === null) throw new Error(`no alert ${id}`)
      await bucket.update(id, { ...found.value, detectorVersion: detectorVersion + 1 }, found.revision)
    } finally {
      await log.close()
    }
    const proof = await eventually('the alert of another version', async () => {
      const answer = (await (await verify(id)).json()) as { result: string }
      return answer.result === 'version-retired' && answer
    })
    expect(proof).toEqual({
      result: 'version-retired',
      observed: null,
      threshold: null,
      events: [],
      eventsTotal: 0,
      differences: [],
    })
  })
})
