import { createHmac } from 'node:crypto'
import type { RowFault } from '../faults.ts'
import { SNAPSHOT_LIMITS } from './limits.ts'

/** Where a row stands in its file: number of its line, first byte, and the one after it. */
export type RowPlace = readonly [line: number, start: number, end: number]

/** Rule to the number of the snapshot under which its event of this row was first sent; what is not there does not stand. */
export type Standing = Readonly<Record<string, number>>

/** A row of the table that is being imported. */
export interface TableRow {
  /** By which it is compared; null when that could not be read. */
  readonly key: string | null
  readonly place: RowPlace
  /** Cells of the columns that are kept; null with a fault. */
  readonly cells: readonly string[] | null
  readonly fault: { readonly code: RowFault; readonly message: string } | null
}

/** A row as it is in force. */
export interface KeptRow {
  readonly cells: readonly string[]
  readonly standing: Standing
  /** Not all of what it came to was let in: it counts as changed until it is. */
  readonly isOpen: boolean
}

/*
 * As lines: key, what belongs to the row, cells; JSON each, so that a tab is nothing else. Equal cells are equal text.
 */

export function tableLine({ key, place, cells, fault }: TableRow): string {
  const about = fault === null ? place : [...place, fault.code, fault.message]
  return `${JSON.stringify(key)}\t${JSON.stringify(about)}\t${cells === null ? '' : JSON.stringify(cells)}`
}

export function readTableLine(line: string): TableRow {
  const [key = '', about = '', cells = ''] = line.split('\t')
  const [at, start, end, code, message] = JSON.parse(about) as [number, number, number, RowFault?, string?]
  return {
    key: JSON.parse(key) as string | null,
    place: [at, start, end],
    cells: cells === '' ? null : (JSON.parse(cells) as string[]),
    fault: code === undefined ? null : { code, message: message ?? '' },
  }
}

export function keptLine(key: string, { cells, standing, isOpen }: KeptRow): string {
  return `${JSON.stringify(key)}\t${JSON.stringify(isOpen ? [standing, 1] : [standing])}\t${JSON.stringify(cells)}`
}

export function readKeptLine(line: string): KeptRow & { readonly key: string } {
  const [key = '', about = '', cells = ''] = line.split('\t')
  const [standing, open] = JSON.parse(about) as [Standing, 1?]
  return {
    key: JSON.parse(key) as string,
    cells: JSON.parse(cells) as string[],
    standing,
    isOpen: open === 1,
  }
}

/** The bucket that a key is dealt to: by the secret, so that a file's name says nothing of what is in it. */
export function bucketOf(key: string, idKey: Buffer): number {
  return createHmac('sha256', idKey).update(`bucket\0${key}`).digest().readUInt32BE(0) % SNAPSHOT_LIMITS.buckets
}
