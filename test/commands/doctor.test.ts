import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CHECKS, type Finding } from '../../src/commands/doctor/finding.ts'
import { eventually, type Service, startService } from '../support/service.ts'
import { post, type SentEvent } from '../support/world.ts'

const root = resolve(import.meta.dirname, '../..')

/** Short, so that a frozen lead is told soon. */
const LEASE = { YUJING_LEASE_TTL_MS: '4000' }

interface ReadinessAnswer {
  readonly ready: boolean
  readonly degraded: readonly string[]
}

interface Report {
  readonly exit: number
  readonly well: boolean
  readonly findings: readonly Finding[]
  of(check: Finding['check']): Finding | undefined
}

/** `yujing doctor --json` as an operator runs it. */
async function doctor(dataDir: string, env: Record<string, string> = {}): Promise<Report> {
  const args = [join(root, 'dist/src/main.js'), 'doctor', '--json', '--data-dir', dataDir]
  const child = spawn(process.execPath, args, { env: { PATH: process.env.PATH, ...env }, cwd: tmpdir() })
  let text = ''
  child.stdout.on('data', (chunk) => {
    text += chunk
  })
  const [exit] = (await once(child, 'close')) as [number]
  const { well, findings } = JSON.parse(text) as Pick<Report, 'well' | 'findings'>
  return { exit, well, findings, of: (check) => findings.find((finding) => finding.check === check) }
}

/** How full the disk of this machine is, is no matter of the test. */
const wrongApartFromDisk = ({ findings }: Report) =>
  findings.filter(({ check, state }) => state === 'wrong' && check !== 'disk')

it('has a page of the runbook with a section for each check', async () => {
  const page = await readFile(join(root, 'deploy/runbook/doctor.md'), 'utf8')
  expect([...page.matchAll(/^## (\S+)$/gm)].map((match) => match[1])).toEqual([...CHECKS])
})

describe('an installation that does not run', () => {
  let empty: string
  beforeAll(async () => {
    empty = await mkdtemp(join(tmpdir(), 'yujing-doctor-'))
  })
  afterAll(() => rm(empty, { recursive: true, force: true }))

  it('is well when nothing is wrong', async () => {
    const report = await doctor(join(empty, 'new'), { YUJING_PORT: '0' })
    expect(wrongApartFromDisk(report)).toEqual([])
    expect(report.exit).toBe(report.well ? 0 : 1)
  })

  it('names a wrong variable', async () => {
    const report = await doctor(empty, { YUJING_SHARDS: 'many' })
    expect([report.exit, report.findings.length]).toEqual([1, 1])
    expect(report.of('configuration')).toMatchObject({ state: 'wrong', says: expect.stringContaining('YUJING_SHARDS') })
  })

  it('sees a port that is taken', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as { port: number }
    const report = await doctor(empty, { YUJING_PORT: String(port) })
    server.close()
    expect(report.exit).toBe(1)
    expect(report.of('port')).toMatchObject({ state: 'wrong', says: expect.stringContaining('EADDRINUSE') })
  })

  it('judges the disk by the share at which the door closes', async () => {
    const of = async (percent: string) =>
      (await doctor(empty, { YUJING_PORT: '0', YUJING_DISK_FREE_PERCENT: percent })).of('disk')
    expect(await of('50')).toMatchObject({ state: 'wrong', says: expect.stringContaining(' 50 % ') })
    expect(await of('0')).toMatchObject({ state: 'well' })
  })

  it('holds production to more than development', async () => {
    const settings = { YUJING_PORT: '0', YUJING_HOST: '0.0.0.0', YUJING_BOOTSTRAP_KEY: 'a-key-of-sixteen-characters' }
    const of = async (profile: string) =>
      (await doctor(empty, { ...settings, YUJING_PROFILE: profile })).findings.filter(
        ({ check }) => check === 'production',
      )
    expect((await of('development')).map(({ state }) => state)).toEqual(['note', 'note'])
    expect((await of('production')).map(({ state }) => state)).toEqual(['wrong', 'wrong'])
  })
})

describe('an installation that runs', () => {
  let service: Service
  beforeAll(async () => {
    service = await startService({ env: LEASE })
  })
  afterAll(() => service?.stop())

  it('is examined through its log, store and health', async () => {
    await post(service, [{ id: 'no event' } as unknown as SentEvent])
    const report = await doctor(service.dataDir)
    expect(wrongApartFromDisk(report)).toEqual([])
    for (const check of [
      'service',
      'readiness',
      'log',
      'clock',
      'person-key',
      'store',
      'store-lag',
      'snapshots',
      'leases',
    ] as const)
      expect(report.of(check), check).toMatchObject({ state: 'well' })
  })

  it('tells that others may read a secret, and that the key is another', async () => {
    await chmod(join(service.dataDir, 'person.key'), 0o644)
    const report = await doctor(service.dataDir, { YUJING_PERSON_KEY: 'another key of thirty-two characters' })
    await chmod(join(service.dataDir, 'person.key'), 0o600)
    expect(report.exit).toBe(1)
    expect(report.of('secrets')).toMatchObject({ state: 'wrong', says: expect.stringContaining('person.key') })
    expect(report.of('person-key')).toMatchObject({ state: 'wrong' })
  })

  it('tells that the lead is frozen; once it runs again it takes up all it did', async () => {
    process.kill(service.pid, 'SIGSTOP')
    const frozen = await doctor(service.dataDir, LEASE).finally(() => process.kill(service.pid, 'SIGCONT'))
    expect(frozen.of('service')).toMatchObject({ state: 'wrong' })
    expect(frozen.of('leases')).toMatchObject({ state: 'wrong', says: expect.stringContaining('not renewed') })
    await eventually('everything done again', async () => {
      const { ready, degraded } = (await (await fetch(`${service.url}/readyz`)).json()) as ReadinessAnswer
      return ready && degraded.length === 0
    })
    expect((await doctor(service.dataDir, LEASE)).of('leases')).toMatchObject({ state: 'well' })
    await post(service, [{ id: 'no event' } as unknown as SentEvent])
  })

  it('knows an owner that ended without a word', async () => {
    await service.kill()
    const report = await doctor(service.dataDir, { YUJING_PORT: '0' })
    await service.start()
    expect(report.of('owner')).toMatchObject({ state: 'note', says: expect.stringContaining('without a word') })
    expect(report.of('service')?.says).toBe('is not running')
  })
})
