import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startClickHouse } from '../../src/embedded/clickhouse-server.ts'
import { claimDataDir } from '../../src/embedded/data-dir.ts'
import { silentLogger } from '../../src/telemetry/logger.ts'

/** A real engine behind its HTTP port, in a directory of its own. */
export interface TestClickHouse {
  readonly url: string
  readonly username: string
  readonly password: string
  readonly pid: number
  /** SIGKILL; it comes back on the same port with the same data. Resolves when the old one is dead. */
  kill(): Promise<void>
  stop(): Promise<void>
}

/** Starts the engine the way the service does; about half a second. */
export async function startTestClickHouse(options: { sessions?: number } = {}): Promise<TestClickHouse> {
  const directory = mkdtempSync(join(tmpdir(), 'yujing-clickhouse-'))
  const logger = silentLogger()
  const dataDir = await claimDataDir(directory, { logger })
  const server = await startClickHouse({ dataDir, logger, ...options })
  return {
    url: server.url,
    username: server.username,
    password: server.password,
    get pid() {
      return server.pid()
    },
    async kill() {
      const pid = server.pid()
      process.kill(pid, 'SIGKILL')
      while (server.pid() === pid) await new Promise((resolve) => setTimeout(resolve, 10))
    },
    async stop() {
      await server.stop()
      await dataDir.release()
      rmSync(directory, { recursive: true, force: true })
    },
  }
}
