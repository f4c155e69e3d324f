import type { IncomingMessage } from 'node:http'
import { YujingError } from '../model/errors.ts'
import type { HttpLimits } from './limits.ts'

/** A body that has arrived, and its place in memory until `release`. */
export interface TakenBody {
  readonly body: Buffer
  release(): void
}

/** Takes in bodies while they fit into memory together. */
export interface Intake {
  /**
   * @throws YujingError `body.too-large` beyond the limit of one body, `rate.limited` beyond that of all together,
   * `body.malformed` when the sender breaks off. A body that is refused is read on and thrown away, up to a bound: who
   * is still writing when the answer comes and the connection ends would never read it.
   */
  take(request: IncomingMessage): Promise<TakenBody>
}

const FULL = 'Too many bytes are on their way in; wait and send again.'

/** Counts what has arrived, not what is announced: an announcement costs the sender nothing. */
export function createIntake(limits: Pick<HttpLimits, 'eventsBodyBytes' | 'intakeBytes' | 'drainedBytes'>): Intake {
  let held = 0

  function read(request: IncomingMessage, count: (bytes: number) => void): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      const chunks: Buffer[] = []
      let bytes = 0
      let refusal: YujingError | null = null
      const leave = (): void => {
        request.off('data', take).off('end', whole).off('error', broken).off('close', broken)
        request.on('error', () => {})
      }
      const refuse = (error: YujingError): void => {
        leave()
        request.resume()
        reject(error)
      }
      const take = (chunk: Buffer): void => {
        bytes += chunk.length
        if (bytes > limits.eventsBodyBytes) refusal ??= new YujingError('body.too-large')
        else if (held + chunk.length > limits.intakeBytes) refusal ??= new YujingError('rate.limited', FULL)
        if (refusal === null) {
          count(chunk.length)
          chunks.push(chunk)
        } else if (bytes > limits.drainedBytes) refuse(refusal)
      }
      const whole = (): void => {
        leave()
        if (refusal === null) resolve(Buffer.concat(chunks, bytes))
        else reject(refusal)
      }
      const broken = (): void => refuse(refusal ?? new YujingError('body.malformed', 'The body broke off.'))
      if (request.destroyed) broken()
      else request.on('data', take).once('end', whole).once('error', broken).once('close', broken)
    })
  }

  return {
    async take(request) {
      let mine = 0
      const release = (): void => {
        held -= mine
        mine = 0
      }
      try {
        const body = await read(request, (bytes) => {
          mine += bytes
          held += bytes
        })
        return { body, release }
      } catch (error) {
        release()
        throw error
      }
    },
  }
}
