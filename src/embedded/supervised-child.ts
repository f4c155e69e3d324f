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
  /** Why the server is away at this moment, for people; null while it runs. */
  trouble(): string | null
  /** Ends the process that runs, also one that hangs; it is started again like one that died. */
  restart(): Promise<void>
  stop(): Promise<void>
}

/** How long to wait before a server is started again, milliseconds. */
export interface BackOff {
  readonly firstMs: number
  readonly mostMs: number
  /** A server that has run this long was well: its next death is the first again. */
  readonly healthyMs: number
}

/** A process that is to be started again may take so long to end by itself. */
const RESTART_GRACE_MS = 2_000

const BACK_OFF: BackOff = { firstMs: 100, mostMs: 5_000, healthyMs: 30_000 }

/** The wait after the next death: twice the last one (null: none yet), anew after a healthy life. */
export function nextWaitMs(lastMs: number | null, livedMs: number, { firstMs, mostMs, healthyMs }: BackOff): number {
  return lastMs === null || livedMs >= healthyMs ? firstMs : Math.min(lastMs * 2, mostMs)
}

/** Launches with `anyPort` first, then after each death with the port it got; rejects when the first launch fails. */
export async function supervise(o: {
  readonly name: string
  /** What asks the server for any free port. */
  readonly anyPort: number
  readonly launch: (port: number) => Promise<LaunchedServer>
  readonly logger: Logger
  readonly backOff?: BackOff
}): Promise<SupervisedServer> {
  const { name, launch, logger, backOff = BACK_OFF } = o
  const stopping = new AbortController()
  const { signal } = stopping
  let running = await launch(o.anyPort)
  let launchedAt = performance.now()
  const { port } = running
  let deaths = 0
  let trouble: string | null = null

  async function superviseOn(): Promise<void> {
    let waitMs: number | null = null
    for (;;) {
      const exit = await running.child.exited
      if (signal.aborted) return
      const livedMs = trouble === null ? performance.now() - launchedAt : 0
      deaths = livedMs >= backOff.healthyMs ? 1 : deaths + 1
      waitMs = nextWaitMs(waitMs, livedMs, backOff)
      trouble = `${name} ended and is being started again (${deaths} times in a row)`
      logger.error({ ...exit, deaths, waitMs }, `${name} ended; starting it again`)
      await sleep(waitMs, undefined, { signal }).catch(() => {})
      if (signal.aborted) return
      try {
        running = await launch(port)
        launchedAt = performance.now()
        trouble = null
      } catch (error) {
        logger.error({ err: error }, `${name} does not start`)
      }
      // A stop that came during the launch knew only the one before.
      if (signal.aborted) return await running.child.stop()
    }
  }
  const supervision = superviseOn()

  return {
    port,
    pid: () => running.child.pid,
    trouble: () => trouble,
    restart: () => running.child.stop(RESTART_GRACE_MS),
    async stop() {
      stopping.abort()
      await running.child.stop()
      await supervision
    },
  }
}
