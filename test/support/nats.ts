import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { claimDataDir } from '../../src/embedded/data-dir.ts'
import { startNatsServer } from '../../src/embedded/nats-server.ts'
import { silentLogger } from '../../src/telemetry/logger.ts'

/** A real nats-server in a directory of its own. */
export interface TestNats {
  readonly url: string
  readonly user: string
  readonly password: string
  readonly version: string
  /** Kills the server (SIGKILL unless said otherwise); it comes back on the same port. Resolves when the old one is dead. */
  restart(signal?: NodeJS.Signals): Promise<void>
  stop(): Promise<void>
}

/** Starts the server the way the service does; about 100 ms. */
export async function startTestNats(): Promise<TestNats> {
  const directory = mkdtempSync(join(tmpdir(), 'yujing-nats-'))
  const logger = silentLogger()
  const dataDir = await claimDataDir(directory, { logger })
  const server = await startNatsServer({ dataDir, logger })
  return {
    url: server.url,
    user: server.user,
    password: server.password,
    version: server.version,
    async restart(signal = 'SIGKILL') {
      const pid = server.pid()
      process.kill(pid, signal)
      while (server.pid() === pid) await new Promise((resolve) => setTimeout(resolve, 10))
    },
    async stop() {
      await server.stop()
      await dataDir.release()
      rmSync(directory, { recursive: true, force: true })
    },
  }
}
