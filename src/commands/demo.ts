import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { Command } from 'commander'
import { createApp } from '../app.ts'
import { readConfig } from '../config.ts'
import { DAY_MS } from '../model/time.ts'
import { createProvince } from '../simulate/province.ts'
import { runSimulation } from '../simulate/run.ts'
import { createHttpSend } from '../simulate/send-http.ts'
import { systemClock } from '../telemetry/clock.ts'
import { createLogger } from '../telemetry/logger.ts'
import type { CommandContext } from './context.ts'
import { demoSources } from './demo-sources.ts'
import { ended, type ServeFlags, withFlags } from './serve.ts'

/** The demo's province: small enough to be there in seconds, lively enough to be watched. */
const PROVINCE = { enterprises: 2_000, rate: 0.2, days: 1, faults: 'usual' } as const

/** What a demo directory remembers: its accounts, and how often it was started. */
interface DemoRecord {
  readonly adminKey: string
  readonly starts: number
  /** Made at the first start; null while that has not come so far. */
  readonly accounts: { readonly supervisor: string; readonly viewer: string } | null
}

/** `yujing demo`: the service in a data directory of its own, with a simulated province feeding it. */
export function demoCommand(context: CommandContext): Command {
  return new Command('demo')
    .description('run the service with a simulated province feeding it')
    .option('--port <port>', 'port to listen on; 0: any free one (default 8080)')
    .option('--host <host>', 'address to listen on (default 127.0.0.1)')
    .option('--data-dir <dir>', 'directory of the demo (default ./data/demo)')
    .option('--seed <seed>', 'seed of the province', 'demo')
    .addHelpText('after', '\nExample:\n  yujing demo --port 8080')
    .action(async (flags: ServeFlags & { seed: string }) => {
      const dataDir = resolve(context.cwd, flags.dataDir ?? context.env.YUJING_DATA_DIR ?? './data/demo')
      const record = await openRecord(dataDir)
      const env = {
        YUJING_LOG_LEVEL: 'warn',
        ...withFlags(context.env, { ...flags, dataDir }),
        YUJING_BOOTSTRAP_KEY: record.adminKey,
      }
      const config = readConfig(env, context.cwd)
      const app = await createApp(config, { logger: createLogger({ level: config.logLevel }) })
      try {
        const accounts = record.accounts ?? (await makeAccounts(app.url, record.adminKey))
        await saveRecord(dataDir, { ...record, accounts, starts: record.starts + 1 })
        context.stdout.write(greeting(app.url, record.adminKey, accounts))
        const simulation = simulate(context, app.url, record.adminKey, `${flags.seed}-${record.starts}`)
        await Promise.race([simulation, app.failed, ended(context.signal)])
      } finally {
        await app.stop()
      }
    })
}

/** Feeds the province until the signal is aborted. */
async function simulate(context: CommandContext, url: string, key: string, seed: string): Promise<void> {
  const { signal } = context
  const clock = systemClock()
  const sleep = async (ms: number) => {
    await delay(ms, undefined, { signal }).catch(() => {})
  }
  const start = clock.now() - PROVINCE.days * DAY_MS
  const province = createProvince({ ...PROVINCE, seed, start })
  let phase = ''
  await runSimulation({
    province,
    send: createHttpSend({ url, key, clock, sleep, signal }),
    clock,
    sleep,
    speed: Number.POSITIVE_INFINITY,
    signal,
    onProgress(progress) {
      if (progress.phase === phase) return
      phase = progress.phase
      const words: Record<string, string> = {
        initial: 'the population and its past are being registered',
        history: 'the last day is being told',
        live: `${progress.sent} events are in; from now on the province lives with the clock`,
      }
      if (words[phase]) context.stdout.write(`  ${words[phase]}\n`)
    },
  })
}

async function openRecord(dataDir: string): Promise<DemoRecord> {
  const path = join(dataDir, 'demo.json')
  if (existsSync(path)) return JSON.parse(await readFile(path, 'utf8')) as DemoRecord
  await mkdir(dataDir, { recursive: true, mode: 0o700 })
  if ((await readdir(dataDir)).length > 0)
    throw new Error(`${dataDir} holds other data: name an empty directory with --data-dir`)
  const record = { adminKey: randomBytes(32).toString('base64url'), starts: 0, accounts: null }
  await saveRecord(dataDir, record)
  return record
}

async function saveRecord(dataDir: string, record: DemoRecord): Promise<void> {
  await writeFile(join(dataDir, 'demo.json'), `${JSON.stringify(record, null, 2)}\n`, { mode: 0o600 })
}

/** What the demo starts from: its sources are registered, and there are keys for the other roles. */
async function makeAccounts(url: string, adminKey: string): Promise<NonNullable<DemoRecord['accounts']>> {
  const ask = async (method: string, path: string, request: object) => {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: { authorization: `Bearer ${adminKey}`, 'content-type': 'application/json' },
      body: JSON.stringify(request),
    })
    if (!response.ok)
      throw new Error(`the demo could not be prepared: ${path}: ${response.status} ${await response.text()}`)
    return (await response.json()) as { key: string }
  }
  const make = async (request: object) => (await ask('POST', '/v1/keys', request)).key
  for (const source of demoSources()) await ask('PUT', '/v1/sources', source)
  return {
    supervisor: await make({ role: 'supervisor', name: '太原市局 (demo)', areas: ['140100'] }),
    viewer: await make({ role: 'viewer', name: '值班大屏 (demo)' }),
  }
}

function greeting(url: string, adminKey: string, accounts: NonNullable<DemoRecord['accounts']>): string {
  return `
  预警 Yujing is at ${url}

  Sign in with one of these keys:
    admin, whole province       ${adminKey}
    supervisor of Taiyuan city  ${accounts.supervisor}
    viewer (wall display)       ${accounts.viewer}

  Ctrl+C ends it.

`
}
