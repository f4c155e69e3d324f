import WebSocket from 'ws'
import { CLOSE } from './close-codes.ts'

/** With these ws itself ends a connection that breaks the protocol below ours: frames, size, UTF-8 (RFC 6455, 7.4.1). */
const FAULTS: ReadonlySet<number> = new Set([1002, 1003, 1007, 1008, 1009])

/** A socket of the feed: whatever a client breaks, a frame or a message, it reads one code. */
export class FeedSocket extends WebSocket {
  override close(code?: number, reason?: string | Buffer): void {
    // Only its own verdicts come without a reason; the echo of a client's close has one, be it empty.
    const fault = reason === undefined && code !== undefined && FAULTS.has(code)
    super.close(fault ? CLOSE.protocol : code, fault ? 'too large, or no valid frame' : reason)
  }
}
