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
  'row.repeated-key',
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

/** It stopped because a person must decide. Nothing was sent; the same command goes on once it is told to. Exit code 3. */
export class UndecidedError extends ImportError {
  readonly run: string
  readonly concerns: readonly string[]
  constructor(run: string, concerns: readonly string[]) {
    super(
      `this needs a decision:\n  ${concerns.join('\n  ')}\n  look into it, or give the same command with --accept-anyway`,
    )
    this.name = 'UndecidedError'
    this.run = run
    this.concerns = concerns
  }
}
