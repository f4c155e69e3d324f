import { setTimeout as sleep } from 'node:timers/promises'
import { connect } from '@nats-io/transport-node'

const EVERY_MS = 100

/** Whether the server lets the user in within so many milliseconds: it is told of a new one a moment after it was made. */
export async function isLetIn(
  { url, user, password }: { readonly url: string; readonly user: string; readonly password: string },
  withinMs: number,
): Promise<boolean> {
  const end = performance.now() + withinMs
  for (;;) {
    try {
      const connection = await connect({ servers: url, user, pass: password, reconnect: false, timeout: withinMs })
      await connection.close()
      return true
    } catch {
      if (performance.now() > end) return false
      await sleep(EVERY_MS)
    }
  }
}
