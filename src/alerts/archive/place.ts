import { YujingError } from '../../model/errors.ts'
import type { ArchivePlace } from '../ports/alert-archive.ts'

/** Where a list over book and archive goes on. */
export interface ListPlace {
  /** The book's own cursor; null: at its beginning; `end`: the book has no more. */
  readonly book: string | null
  /** Below what the archive goes on; null: at its beginning. */
  readonly archive: ArchivePlace | null
}

const SHAPE = /^2\|(end|[\w-]*)\|(-?\d{1,15})?\|([\w.=/-]{0,200})$/

/** The place as an opaque string of `[A-Za-z0-9_-]`. */
export function encodePlace({ book, archive }: ListPlace): string {
  return Buffer.from(`2|${book ?? ''}|${archive?.updatedMs ?? ''}|${archive?.id ?? ''}`).toString('base64url')
}

/** Throws `request.invalid` for anything that `encodePlace` did not make. */
export function decodePlace(text: string): ListPlace {
  const match = SHAPE.exec(Buffer.from(text, 'base64url').toString())
  if (match === null) throw new YujingError('request.invalid', 'cursor: not one of this service')
  const [, book = '', updatedMs, id = ''] = match
  return {
    book: book === '' ? null : book,
    archive: updatedMs === undefined ? null : { updatedMs: Number(updatedMs), id },
  }
}
