import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { connectLog } from '../../src/log/connection.ts'
import { silentLogger } from '../../src/telemetry/logger.ts'
import type { Service } from '../support/service.ts'

/** What the service's log holds behind a sequence. */
export interface Logged {
  /** Its last sequence. */
  readonly last: number
  readonly rows: number
}

/** Counts the rows in the service's own log behind a sequence, message by message. */
export async function loggedBehind(service: Service, seq: number): Promise<Logged> {
  const runtime = JSON.parse(await readFile(join(service.dataDir, 'runtime.json'), 'utf8')) as {
    natsUrl: string
    natsUser: string
    natsPassword: string
    logMaxBytes: number
  }
  const { natsUrl: url, natsUser: user, natsPassword: password, logMaxBytes: maxBytes } = runtime
  const log = await connectLog({ url, user, password, maxBytes, logger: silentLogger(), name: 'yujing bench' })
  const reading = new AbortController()
  try {
    const last = await log.events.last()
    let rows = 0
    if (last <= seq) return { last, rows }
    for await (const message of log.events.read(seq + 1, reading.signal)) {
      if (message.kind === 'rows') rows += message.count
      if (message.seq >= last) break
    }
    return { last, rows }
  } finally {
    reading.abort()
    await log.close()
  }
}
