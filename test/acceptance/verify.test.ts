import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Alert } from '../../src/model/alert.ts'
import { eventually, type Service, startService } from '../support/service.ts'
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

  it('on the command line, where another number is exit 1', async () => {
    const [{ id }] = raised as [Alert]
    const run = async (...args: string[]) => {
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
    expect(await run(id, '--data-dir', service.dataDir)).toMatchObject({
      code: 0,
      text: expect.stringContaining('reproduced: observed '),
    })
    expect((await run('not-an-id', '--data-dir', service.dataDir)).code).toBe(2)
    expect((await run('0'.repeat(32), '--data-dir', service.dataDir)).code).toBe(1)
  })
})
