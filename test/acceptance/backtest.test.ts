import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { BacktestReport } from '../../src/backtest.ts'
import { businessDay, DAY_MS, formatDay } from '../../src/model/time.ts'
import { eventually, type Service, startService } from '../support/service.ts'
import { ago, alerts, complaint, creditCode, post } from '../support/world.ts'

const root = resolve(import.meta.dirname, '../..')
/** Six complaints, ten, seven that came in as backfill, and five of which one is withdrawn. */
const [GYM, CHAIN, PAST, GONE] = [creditCode(1), creditCode(2), creditCode(3), creditCode(4)]
const today = businessDay(Date.now())
const period = { from: formatDay(today - 3), to: formatDay(today + 2) }

describe('a detector judges history again', () => {
  let service: Service
  let folder: string

  beforeAll(async () => {
    service = await startService()
    folder = await mkdtemp(join(tmpdir(), 'yujing-backtest-'))
    const filed = (subject: string, count: number) =>
      Array.from({ length: count }, (_, n) => complaint(subject, { time: ago(60_000), phone: `139${subject}${n}` }))
    const phones = (subject: string, count: number, first: number) =>
      filed(subject, count).map((event, n) => ({
        ...event,
        data: { ...event.data, complainant: { name: '张三丰', phone: String(13_900_000_000 + first + n) } },
      }))
    await post(service, phones(GYM, 6, 0))
    await post(service, phones(CHAIN, 10, 100))
    await post(
      service,
      phones(PAST, 7, 200).map((event) => ({ ...event, time: ago(DAY_MS), backfill: true })),
    )
    await eventually('both alerts', async () => (await alerts(service)).length === 2)
    await eventually('all stored', async () => (await tried({})).report?.events === 23)
  })
  afterAll(async () => {
    await service?.stop()
    if (folder) await rm(folder, { recursive: true })
  })

  async function tried(body: object, key = service.adminKey): Promise<{ status: number; report?: BacktestReport }> {
    const answer = await service.request('/v1/detectors/complaint-surge/backtest', {
      method: 'POST',
      body: JSON.stringify({ ...period, ...body }),
      headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
    })
    const { status } = answer
    return status === 200 ? { status, report: (await answer.json()) as BacktestReport } : { status }
  }

  async function command(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
    const child = spawn(process.execPath, [join(root, 'dist/src/main.js'), 'backtest', ...args])
    const [out, err]: string[][] = [[], []]
    child.stdout.on('data', (chunk) => out?.push(String(chunk)))
    child.stderr.on('data', (chunk) => err?.push(String(chunk)))
    const [code] = (await once(child, 'close')) as [number]
    return { code, stdout: out?.join('') ?? '', stderr: err?.join('') ?? '' }
  }

  it('and says with the parameters in force what the service has said', async () => {
    const { report } = await tried({})
    const said = await alerts(service)
    expect(report?.inForce.alerts).toBe(said.length)
    expect(report?.proposed).toEqual(report?.inForce)
    expect(report?.inForce.byLevel.orange).toBe(said.filter(({ level }) => level === 'orange').length)
    expect(report?.inForce.byDay.find(([day]) => day === formatDay(businessDay(Date.now() - 60_000)))?.[1]).toBe(2)
    expect(report?.inForce.byCity).toEqual([['1401', 2]])
    for (const { cases } of Object.values(report?.differences ?? {})) expect(cases).toEqual([])
  })

  it('and with others names who would be left out', async () => {
    const { report } = await tried({ parameters: { complainants: 8 } })
    expect(report?.inForce.alerts).toBe(2)
    expect(report?.proposed).toMatchObject({ alerts: 1, parameters: { complainants: 8 } })
    expect(report?.differences.onlyInForce).toMatchObject({ cases: [{ key: GYM, observed: 5 }], more: 0 })
    expect(report?.differences.onlyProposed.cases).toEqual([])
  })

  it('counts imported history when asked to', async () => {
    const { report } = await tried({ judgeBackfill: true, parameters: { complainants: 8 } })
    expect(report?.differences.onlyInForce.cases.map(({ key }) => key).sort()).toEqual([GYM, PAST].sort())
    expect(report?.inForce.alerts).toBe(3)
  })

  it('leaves out what opened on other days', async () => {
    const { report } = await tried({ from: '2020-01-01', to: '2020-02-01' })
    expect(report?.inForce.alerts).toBe(0)
    expect(report?.inForce.byDay).toHaveLength(31)
  })

  it('changes nothing', async () => {
    await tried({ parameters: { complainants: 50 } })
    const { items } = (await (await service.request('/v1/detectors')).json()) as {
      items: { id: string; parametersVersion: number }[]
    }
    expect(items.find(({ id }) => id === 'complaint-surge')?.parametersVersion).toBe(0)
    expect(await alerts(service)).toHaveLength(2)
  })

  it('only for administrators, with days and parameters that exist, one at a time', async () => {
    const made = await service.request('/v1/keys', {
      body: JSON.stringify({ role: 'supervisor', name: 'reader', areas: ['140000'] }),
      headers: { 'content-type': 'application/json' },
    })
    expect((await tried({}, ((await made.json()) as { key: string }).key)).status).toBe(403)
    expect((await tried({ from: '2026-02-30' })).status).toBe(400)
    expect((await tried({ from: period.to, to: period.from })).status).toBe(400)
    expect((await tried({ from: '1949-10-01' })).status).toBe(400)
    expect((await tried({ parameters: { nonsense: 1 } })).status).toBe(400)
    expect((await tried({ parameters: { complainants: -1 } })).status).toBe(400)
    const both = await Promise.all([tried({}), tried({})])
    expect(both.map(({ status }) => status).sort()).toEqual([200, 429])
  })

  it('from the command line as over HTTP', async () => {
    const file = join(folder, 'stricter.json')
    await writeFile(file, '{"complainants": 8}')
    const at = ['--from', period.from, '--to', period.to, '--data-dir', service.dataDir]
    const { code, stdout } = await command('complaint-surge', '--params', file, ...at, '--json')
    expect(code).toBe(0)
    const { position: _, ...report } = JSON.parse(stdout) as BacktestReport
    expect((await tried({ parameters: { complainants: 8 } })).report).toMatchObject(report)
    const words = await command('complaint-surge', '--params', file, ...at)
    expect(words.stdout).toContain(`only with those in force: 1\n`)
    expect(words.stdout).toMatch(/ {2}alerts +2 +1\n/)

    expect((await command('no-such', ...at)).code).toBe(2)
    expect((await command('complaint-surge', '--from', 'soon', '--to', period.to)).code).toBe(2)
    await writeFile(file, '{"complainants": "many"}')
    const refused = await command('complaint-surge', '--params', file, ...at)
    expect(refused).toMatchObject({ code: 2, stdout: '' })
    expect(refused.stderr).toContain('must hold a JSON object of numbers')
  })

  it('and takes back what was withdrawn', async () => {
    const ids = [1, 2, 3, 4, 5].map((n) => `gone-${n}`)
    await post(
      service,
      ids.map((id, n) => complaint(GONE, { id, time: ago(60_000), phone: `1370000000${n}` })),
    )
    await eventually('the alert', async () => (await alerts(service, `&subject=${GONE}`)).length === 1)
    const { subject: _, ...event } = complaint('', { id: 'sorry', time: ago(0) })
    const withdrawal = { ...event, type: 'event.retracted', data: {}, retracts: 'gone-3' }
    await post(service, [withdrawal])
    await eventually('its withdrawal', async () => (await tried({})).report?.inForce.withdrawn === 1)
    const { report } = await tried({})
    expect(report).toMatchObject({ events: 28, inForce: { alerts: 2, withdrawn: 1 } })
  })

  it('and what history alone fulfils is an inventory from the go-live on, and no alert, also after a restart', async () => {
    const inventory = async (query = '', key = service.adminKey) => {
      const answer = await service.request(`/v1/inventory${query}`, { headers: { authorization: `Bearer ${key}` } })
      return { status: answer.status, body: (await answer.json()) as Inventory }
    }
    expect((await inventory()).body).toEqual({ lists: [], items: [], next: null })
    const path = '/v1/detectors/complaint-surge/params'
    const headers = { 'content-type': 'application/json' }
    expect((await service.request(path, { method: 'PUT', body: '{}', headers })).status).toBe(200)
    const listed = await eventually('the inventory', async () => {
      const { body } = await inventory()
      return body.items.length > 0 && body
    })
    expect(listed).toMatchObject({
      lists: [
        { detector: 'complaint-surge', code: 'CMP-01', office: '140105', count: 1, levels: { orange: 1, red: 0 } },
      ],
      items: [
        {
          level: 'orange',
          subject: { kind: 'enterprise', key: PAST, enterprises: [PAST], hidden: 0 },
          office: '140105',
          department: '消保处',
          evidence: { observed: 7, threshold: 5, eventsTotal: 7 },
          because: 'parameters',
        },
      ],
      next: null,
    })
    await service.restart()
    expect((await inventory()).body).toEqual(listed)
    expect((await alerts(service)).filter(({ subject }) => subject.key === PAST)).toEqual([])

    const made = await service.request('/v1/keys', {
      body: JSON.stringify({ role: 'viewer', name: 'elsewhere', areas: ['140200'] }),
      headers,
    })
    const { key } = (await made.json()) as { key: string }
    expect((await inventory('', key)).body).toEqual({ lists: [], items: [], next: null })
    expect((await inventory('?detector=CMP-01&region=140100&office=140105&level=orange&limit=1')).body).toEqual(listed)
    for (const query of ['?detector=REG-01', '?region=140200', '?office=none', '?level=red'])
      expect((await inventory(query)).body.items).toEqual([])
    for (const query of ['?level=purple', '?cursor=nonsense', '?limit=0'])
      expect((await inventory(query)).status).toBe(400)
  })
})

interface Inventory {
  readonly lists: readonly object[]
  readonly items: readonly object[]
  readonly next: string | null
}
