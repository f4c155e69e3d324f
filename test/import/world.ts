import { type ChildProcess, spawn } from 'node:child_process'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { packageRoot } from '../../src/embedded/package-root.ts'
import type { RunSummary } from '../../src/import/session.ts'
import type { Service } from '../support/service.ts'

/** What the built command came to. */
export interface Ran {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
  /** Of `--json`, one a file. */
  summaries(): RunSummary[]
}

/** Starts `yujing import` as people do: the built program, the key in the environment. */
export function startImport(
  service: Pick<Service, 'dataDir' | 'adminKey'>,
  args: readonly string[],
  options: { readonly cwd?: string; readonly stdin?: Buffer; readonly env?: Record<string, string> } = {},
): { readonly child: ChildProcess; readonly done: Promise<Ran> } {
  const child = spawn(process.execPath, [join(packageRoot(), 'dist/src/main.js'), 'import', ...args], {
    cwd: options.cwd ?? packageRoot(),
    env: { PATH: process.env.PATH, YUJING_KEY: service.adminKey, YUJING_DATA_DIR: service.dataDir, ...options.env },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  child.stdin?.on('error', () => undefined)
  child.stdin?.end(options.stdin)
  let stdout = ''
  let stderr = ''
  child.stdout?.on('data', (chunk) => {
    stdout += chunk
  })
  child.stderr?.on('data', (chunk) => {
    stderr += chunk
  })
  const done = new Promise<Ran>((resolve) => {
    child.once('close', (code) =>
      resolve({
        code,
        stdout,
        stderr,
        summaries() {
          if (stdout === '') throw new Error(`the import told nothing: ${code} ${stderr}`)
          return stdout
            .trim()
            .split('\n')
            .map((line) => JSON.parse(line) as RunSummary)
        },
      }),
    )
  })
  return { child, done }
}

/** A way to the service that lets so many requests with events through and keeps the others until it is opened. */
export interface HoldingGate {
  readonly url: string
  /** Resolves when a request is being kept. */
  readonly holds: Promise<void>
  open(): void
  close(): Promise<void>
}

export async function createHoldingGate(service: Pick<Service, 'url'>, lets: number): Promise<HoldingGate> {
  let passed = 0
  let open = () => {}
  let kept = () => {}
  const opened = new Promise<void>((resolve) => (open = resolve))
  const holds = new Promise<void>((resolve) => (kept = resolve))
  const server = createServer(async (request, response) => {
    const body = await buffer(request)
    if (request.url?.startsWith('/v1/events') && ++passed > lets) {
      kept()
      await opened
    }
    const { authorization = '', 'content-type': type = '' } = request.headers
    const headers = { authorization, 'content-type': type }
    const answer = await fetch(new URL(request.url ?? '/', service.url), {
      method: request.method ?? 'GET',
      headers,
      ...(body.length > 0 && { body }),
    })
    response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' })
    response.end(Buffer.from(await answer.arrayBuffer()))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    holds,
    open: () => open(),
    async close() {
      open()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

export async function runImport(...args: Parameters<typeof startImport>): Promise<Ran> {
  return await startImport(...args).done
}
