import { YujingError } from '../../model/errors.ts'

/** Where a list goes on: as of which revision it is read, and below which revision. */
export interface ListCursor {
  readonly asOf: number
  readonly before: number
}

/** The cursor as an opaque string of `[A-Za-z0-9_-]`. */
export function encodeCursor({ asOf, before }: ListCursor): string {
  return Buffer.from(`1.${asOf}.${before}`).toString('base64url')
}

/** Throws `request.invalid` for anything that `encodeCursor` did not make. */
export function decodeCursor(text: string): ListCursor {
  const match = /^1\.(\d{1,15})\.(\d{1,15})$/.exec(Buffer.from(text, 'base64url').toString())
  const [asOf, before] = [Number(match?.[1]), Number(match?.[2])]
  if (match === null || before > asOf + 1) throw new YujingError('request.invalid', 'cursor: not one of this service')
  return { asOf, before }
}
