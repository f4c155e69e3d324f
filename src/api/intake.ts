import type { IncomingMessage } from 'node:http'
import { YujingError } from '../model/errors.ts'

/** A body that has arrived, and its place in memory until `release`. */
export interface TakenBody {
  readonly body: Buffer
  release(): void
}

/** Takes in bodies while they fit into memory together. */
export interface Intake {
  /**
   * @throws YujingError `body.too-large` beyond the limit of one body, `rate.limited` beyond that of all together,
   * `body.malformed` when the sender breaks off. What still comes after a refusal is thrown away unread.
   */
  take(request: IncomingMessage): Promise<TakenBody>
}

const FULL = 'Too many bytes are on their way in; wait and send again.'

/** Counts what has arrived, not what is announced: an announcement costs the sender nothing. */
export function createIntake(limits: { readonly eventsBodyBytes: number; readonly intakeBytes: number }): Intake {
  let held = 0

  function read(request: IncomingMessage, count: (bytes: number) => void): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      const chunks: Buffer[] = []
      let bytes = 0
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
        if (bytes > limits.eventsBodyBytes) refuse(new YujingError('body.too-large'))
        else if (held + chunk.length > limits.intakeBytes) refuse(new YujingError('rate.limited', FULL))
        else {
          count(chunk.length)
          chunks.push(chunk)
        }
      }
      const whole = (): void => {
        leave()
        resolve(Buffer.concat(chunks, bytes))
      }
      const broken = (): void => refuse(new YujingError('body.malformed', 'The body broke off.'))
      if (request.destroyed) broken()
      else request.on('data', take).once('end', whole).once('error', broken).once('close', broken)
    })
  }

  return {
    async take(request) {
      if (Number(request.headers['content-length'] ?? 0) > limits.eventsBodyBytes)
        throw new YujingError('body.too-large')
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
