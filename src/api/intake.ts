import type { IncomingMessage } from 'node:http'
import { YujingError } from '../model/errors.ts'
import type { Lane } from '../model/lane.ts'
import type { HttpLimits } from './limits.ts'

/** A body that has arrived, and its place in memory until `release`. */
export interface TakenBody {
  readonly body: Buffer
  release(): void
}

/** A body that is too large; what had come of it when that was seen is kept, see `EventDoor.keep`. */
export class TooLarge extends YujingError {
  readonly body: Buffer
  readonly bytes: number

  constructor(body: Buffer, bytes: number) {
    super('body.too-large')
    this.body = body
    this.bytes = bytes
  }
}

/** Takes in bodies while they fit into memory together. */
export interface Intake {
  /**
   * @throws TooLarge beyond the limit of one body; YujingError `rate.limited` beyond that of all together and of
   * the batch lane, `body.malformed` when the sender breaks off. A body that is refused is read on and thrown away, up to a bound: who
   * is still writing when the answer comes and the connection ends would never read it.
   */
  take(request: IncomingMessage, lane: Lane): Promise<TakenBody>
}

const FULL = 'Too many bytes are on their way in; wait and send again.'
const BATCH_FULL = 'Too much waits in the batch lane; wait and send again.'

type IntakeLimits = Pick<
  HttpLimits,
  'eventsBodyBytes' | 'intakeBytes' | 'batchIntakeBytes' | 'liveBytes' | 'drainedBytes' | 'refusedBytes'
>

/** Counts what has arrived, not what is announced: an announcement costs the sender nothing. */
export function createIntake(limits: IntakeLimits): Intake {
  let held = 0
  let heldOfBatch = 0

  /** @param count counts what arrives; the refusal when there is no place for it */
  function read(request: IncomingMessage, count: (bytes: number) => YujingError | null): Promise<Buffer> {
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
        refusal ??= bytes > limits.eventsBodyBytes ? tooLarge() : count(chunk.length)
        if (refusal === null) chunks.push(chunk)
        else if (bytes > limits.drainedBytes) refuse(refusal)
      }
      const whole = (): void => {
        leave()
        if (refusal === null) resolve(Buffer.concat(chunks, bytes))
        else reject(refusal)
      }
      const beginning = (): Buffer => {
        const taken = chunks.splice(0)
        const length = taken.reduce((sum, chunk) => sum + chunk.length, 0)
        return Buffer.concat(taken, Math.min(length, limits.refusedBytes))
      }
      const tooLarge = (): YujingError => new TooLarge(beginning(), bytes)
      const broken = (): void => refuse(refusal ?? new YujingError('body.malformed', 'The body broke off.'))
      if (request.destroyed) broken()
      else request.on('data', take).once('end', whole).once('error', broken).once('close', broken)
    })
  }

  return {
    async take(request, asked) {
      let mine = 0
      let mineOfBatch = 0
      const release = (): void => {
        held -= mine
        heldOfBatch -= mineOfBatch
        mine = 0
        mineOfBatch = 0
      }
      const count = (bytes: number): YujingError | null => {
        if (held + bytes > limits.intakeBytes) return new YujingError('rate.limited', FULL)
        const batch = asked === 'batch' || mine + bytes > limits.liveBytes ? mine + bytes : 0
        if (heldOfBatch + batch - mineOfBatch > limits.batchIntakeBytes)
          return new YujingError('rate.limited', BATCH_FULL)
        held += bytes
        mine += bytes
        heldOfBatch += batch - mineOfBatch
        mineOfBatch = batch
        return null
      }
      try {
        const body = await read(request, count)
        return { body, release }
      } catch (error) {
        release()
        throw error
      }
    },
  }
}
