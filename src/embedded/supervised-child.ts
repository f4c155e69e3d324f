import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from '../telemetry/logger.ts'
import type { GuardedChild } from './guarded-child.ts'

/** A server that runs, and where it listens. */
export interface LaunchedServer {
  readonly child: GuardedChild
  readonly port: number
}

/** A server that is started again, on the same port, whenever it dies: clients come back by themselves. */
export interface SupervisedServer {
  readonly port: number
  /** Of the process that runs now; it changes when one that died was started again. */
  pid(): number
  stop(): Promise<void>
}

const RESTART_FIRST_MS = 100
const RESTART_MOST_MS = 5_000

/** Launches with `anyPort` first, then after each death with the port it got; rejects when the first launch fails. */
export async function supervise(o: {
  readonly name: string
  /** What asks the server for any free port. */
  readonly anyPort: number
  readonly launch: (port: number) => Promise<LaunchedServer>
  readonly logger: Logger
}): Promise<SupervisedServer> {
  const { name, launch, logger } = o
  let running = await launch(o.anyPort)
  const { port } = running
  let stopping = false
  const supervision = (async () => {
    for (let waitMs = RESTART_FIRST_MS; ; waitMs = Math.min(waitMs * 2, RESTART_MOST_MS)) {
      const exit = await running.child.exited
      if (stopping) return
      logger.error({ ...exit, waitMs }, `${name} ended; starting it again`)
      await sleep(waitMs)
      if (stopping) return
      running = await launch(port).catch((error: Error) => {
        logger.error({ err: error }, `${name} does not start`)
        return running
      })
    }
  })()

  return {
    port,
    pid: () => running.child.pid,
    async stop() {
      stopping = true
      await running.child.stop()
      await supervision
      await running.child.stop()
    },
  }
}
