import { arch, cpus, loadavg, release, totalmem } from 'node:os'
import { findNatsServer } from '../../src/embedded/nats-binary.ts'

/** What a figure was measured on: without it a figure says nothing. */
export interface Machine {
  readonly cores: number
  readonly processor: string
  readonly memoryGiB: number
  readonly system: string
  readonly node: string
  readonly natsServer: string
  /** Runnable processes, mean of the last minute before the start: above the cores others were at work too. */
  readonly load: number
}

export async function thisMachine(): Promise<Machine> {
  const processors = cpus()
  return {
    cores: processors.length,
    processor: processors[0]?.model.trim() ?? 'unknown',
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `Linux ${release()} ${arch()}`,
    node: process.versions.node,
    natsServer: (await findNatsServer()).version,
    load: Math.round((loadavg()[0] ?? 0) * 100) / 100,
  }
}
