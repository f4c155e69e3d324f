import { CATALOGUE, type EventType } from '../../model/catalogue/catalogue.ts'
import { isCreditCode } from '../../model/credit-code.ts'
import { readCounty, readFlag, readNumber, readRatio, tidy } from '../mapping/cells.ts'
import { readDate } from '../mapping/dates.ts'
import { EMPTY_CELLS } from '../mapping/schema.ts'
import { readingOf, requiredOf } from '../mapping/target.ts'
import { type ColumnGuess, proposal, schemaOf } from './proposal.ts'
import { TYPE_TABLES, TYPE_WORDS, type Words } from './words.ts'

/** What a header seems to be, for a person to judge. */
export interface Guess {
  readonly type: EventType
  /** Mean confidence over what the type cannot do without. */
  readonly confidence: number
  readonly columns: readonly ColumnGuess[]
  /** Columns that no member was found for. */
  readonly leftOut: readonly string[]
  /** Members that the type needs and no column was found for. */
  readonly missing: readonly string[]
  /** The proposal: a mapping file, with `FILL IN` where a person must say something. */
  readonly mapping: object
}

const CERTAIN = 1
const LIKELY = 0.6
/** Below that a column is left out. */
const LEAST = 0.3

/** Proposes a mapping from the header of a table and some of its rows; the type that fits most of what it needs. */
export function guess(header: readonly string[], rows: readonly (readonly string[])[]): Guess {
  const types = Object.keys(TYPE_WORDS) as EventType[]
  const guesses = types.map((type) => guessAs(type, header, rows))
  return guesses.reduce((best, one) => (standing(one) > standing(best) ? one : best))
}

const standing = ({ confidence, columns }: Guess) => confidence + columns.length * 0.02

function guessAs(type: EventType, header: readonly string[], rows: readonly (readonly string[])[]): Guess {
  const words = TYPE_WORDS[type] as Words
  const found: Candidate[] = []
  for (const [index, column] of header.entries()) {
    const cells = rows.map((row) => tidy(row[index] ?? '')).filter((cell) => !EMPTY_CELLS.includes(cell))
    const best = Object.entries(words)
      .map(([member, names]) => columnAs(type, column, member, names, cells))
      .reduce((a, b) => (b.confidence > a.confidence ? b : a))
    if (best.confidence >= LEAST) found.push(best)
  }
  const columns = [...bestOfEach(found).values()]
  const used = new Set(columns.map(({ column }) => column))
  const missing = neededBy(type).filter(
    (member) => !columns.some((one) => one.member === member || one.member.startsWith(`${member}.`)),
  )
  const needed = columns.filter(({ member }) =>
    neededBy(type).some((one) => member === one || member.startsWith(`${one}.`)),
  )
  return {
    type,
    confidence: round(needed.reduce((sum, one) => sum + one.confidence, 0) / (needed.length + missing.length * 2)),
    columns,
    leftOut: header.filter((column) => !used.has(column)),
    missing,
    mapping: proposal(type, columns, missing),
  }
}

/** Of several columns for one member the one whose heading says it best counts, unless its cells speak against it. */
function bestOfEach(found: readonly Candidate[]): Map<string, ColumnGuess> {
  const best = new Map<string, Candidate>()
  const order = ({ rank, readable, confidence }: Candidate) => (readable < 0.5 ? 2_000 : rank) - confidence
  for (const one of found) {
    const before = best.get(one.member)
    if (before === undefined || order(one) < order(before)) best.set(one.member, one)
  }
  return new Map([...best].map(([member, { rank: _rank, ...one }]) => [member, one]))
}

/** `rank`: place of the word in its list, the most telling first; 1000 where it is only contained in the heading. */
type Candidate = ColumnGuess & { readonly rank: number }
const CONTAINED = 1_000

function columnAs(
  type: EventType,
  column: string,
  member: string,
  names: readonly string[],
  cells: readonly string[],
): Candidate {
  const { heading, unit } = headingOf(column)
  const place = names.indexOf(heading)
  const byName = place >= 0 ? CERTAIN : names.some((name) => name.length > 2 && heading.includes(name)) ? LIKELY : 0
  const readable =
    byName === 0 || cells.length === 0 ? 1 : cells.filter((cell) => canRead(type, member, cell)).length / cells.length
  const confidence = round(byName * (0.4 + 0.6 * readable))
  return {
    column,
    member,
    confidence,
    readable: round(readable),
    rank: place < 0 ? CONTAINED : place,
    ...(unit !== undefined && { unit }),
  }
}

/** `注册资本(万元)` is `注册资本` in units of 10,000; blanks, signs and case do not count. */
function headingOf(column: string): { heading: string; unit: number | undefined } {
  const text = tidy(column).toLowerCase()
  const inBrackets = /[(（[【](.*?)[)）\]】]/.exec(text)?.[1] ?? ''
  const unit = /^(?:人民币)?万元?/.test(inBrackets)
    ? 10_000
    : /^亿元?/.test(inBrackets)
      ? 1e8
      : inBrackets === '%'
        ? 0.01
        : undefined
  return { heading: text.replace(/[(（[【].*?[)）\]】]/g, '').replace(/[\s_\-:：*]/g, ''), unit }
}

function canRead(type: EventType, member: string, cell: string): boolean {
  if (member === 'subject') return isCreditCode(cell.replace(/\s/g, '').toUpperCase())
  if (member === 'time') return readDate(cell) !== null
  if (member === 'region') return readCounty(cell) !== null
  if (member === 'industry') return /^[A-T]?\d{2,4}$/i.test(cell)
  const schema = schemaOf(type, member)
  const table = TYPE_TABLES[`${type} ${member}`]
  if (table !== undefined) return Object.hasOwn(table, cell) || /^[\da-z-]+$/i.test(cell)
  switch (readingOf(schema)) {
    case 'number':
      return readNumber(cell) !== null
    case 'integer':
      return Number.isInteger(readNumber(cell) ?? 0.5)
    case 'ratio':
      return readRatio(cell) !== null
    case 'flag':
      return readFlag(cell) !== null
    case 'date':
      return readDate(cell) !== null
    default:
      return true
  }
}

/** What an event of the type cannot do without, by the names of `TYPE_WORDS`. */
function neededBy(type: EventType): string[] {
  const { data, subject } = CATALOGUE[type]
  return [
    ...(subject === 'required' ? ['subject'] : []),
    'time',
    'region',
    ...requiredOf(data).map((name) => `data.${name}`),
  ]
}

function round(value: number): number {
  return Math.round(value * 100) / 100
}
