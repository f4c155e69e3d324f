/**
 * Why a row of a file never becomes an event, beside the codes of the door. The sentences name line, column, cause and
 * remedy, and never what stands in a cell: they go to `FILE.rejected`, in the clear.
 */
export const ROW_FAULTS = [
  'row.encoding',
  'row.too-long',
  'row.ragged',
  'row.cut-off',
  'row.malformed',
  'row.unmatched',
  'cell.invalid',
] as const
export type RowFault = (typeof ROW_FAULTS)[number]

/** The file as a whole cannot be imported; names cause and remedy. Exit code 1, nothing more is sent. */
export class ImportError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'ImportError'
  }
}
