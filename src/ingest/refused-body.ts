import { CHARACTER_BYTES } from '../model/body-limits.ts'
import { YujingError } from '../model/errors.ts'
import type { Isolated } from './isolation.ts'
import type { IngestLimits } from './limits.ts'

/** A body that was refused as a whole. */
export interface RefusedBody {
  /** As received, still compressed; of a long one its beginning will do. */
  readonly body: Buffer
  /** Bytes that arrived. */
  readonly bytes: number
  /** Id of the key that sent it. */
  readonly sender?: string | undefined
  /** `body.*` */
  readonly error: YujingError
}

/** Whether a request was refused for its body as a whole: sent again it is refused again, so it must be kept. */
export function isBodyFault(error: unknown): error is YujingError {
  return error instanceof YujingError && error.code.startsWith('body.')
}

/** The body as something for the quarantine: as text where its beginning is one, else in base64. */
export function asRefused(
  { body, bytes, sender, error }: RefusedBody,
  limits: Pick<IngestLimits, 'quarantinedCharacters'>,
): Isolated {
  const beginning = body.subarray(0, CHARACTER_BYTES * limits.quarantinedCharacters)
  const text = textOf(beginning, beginning.length < bytes)
  return {
    code: error.code,
    message: error.message,
    source: '',
    id: null,
    text: () => text ?? beginning.toString('base64'),
    bytes,
    more: { ...(sender !== undefined && { sender }), ...(text === null && { encoding: 'base64' as const }) },
  }
}

/** Null when the bytes are no UTF-8; a character that was cut in two at the end is left out. */
function textOf(bytes: Buffer, isCut: boolean): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes, { stream: isCut })
  } catch {
    return null
  }
}
