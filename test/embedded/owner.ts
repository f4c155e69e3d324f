import { claimDataDir } from '../../src/embedded/data-dir.ts'
import { startNatsServer } from '../../src/embedded/nats-server.ts'
import { silentLogger } from '../../src/telemetry/logger.ts'

/** A service in small: owns the directory and runs nats-server there until it is killed. */
export async function main(path: string): Promise<void> {
  const logger = silentLogger()
  const dataDir = await claimDataDir(path, { logger })
  const server = await startNatsServer({ dataDir, logger })
  console.log(JSON.stringify({ natsPid: server.pid() }))
  setInterval(() => {}, 60_000)
}
