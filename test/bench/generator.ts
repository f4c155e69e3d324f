import { type ChildProcess, fork } from 'node:child_process'
import { join } from 'node:path'
import { packageRoot } from '../../src/embedded/package-root.ts'
import type { FromGenerator, Order, Tally } from './generator-messages.ts'

export type Sent = Extract<FromGenerator, { type: 'done' }>

/** A generator at work. */
export interface Generator {
  /** As last told, every second. */
  tally(): Tally
  /** Resolves after the last answer; rejects when the process ends before. */
  readonly done: Promise<Sent>
  /** Ends the process at once; harmless when it has ended. */
  stop(): void
}

/** Starts sending. */
export function startGenerator(order: Order): Generator {
  const child: ChildProcess = fork(join(packageRoot(), 'dist/test/bench/generator-process.js'), { execArgv: [] })
  let tally: Tally = { requests: 0, accepted: 0, duplicates: 0, rejected: 0, failed: 0, failure: '' }
  const done = new Promise<Sent>((resolve, reject) => {
    child.on('message', (message: FromGenerator) => {
      tally = message.tally
      if (message.type === 'done') resolve(message)
    })
    child.once('exit', (code, signal) => reject(new Error(`the generator ended (${code ?? signal})`)))
  })
  done.catch(() => {})
  child.send(order)
  return { tally: () => tally, done, stop: () => void child.kill('SIGKILL') }
}

/** Throws when not everything was taken, once. */
export function assertAllTaken({ tally }: Sent): void {
  const { rejected, duplicates, failed, failure } = tally
  if (rejected + duplicates + failed > 0)
    throw new Error(`${rejected} events rejected, ${duplicates} duplicates, ${failed} requests failed: ${failure}`)
}
