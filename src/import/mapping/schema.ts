import { type Static, type TSchema, Type } from '@sinclair/typebox'
import { Words } from '../../model/schema.ts'
import { ENCODINGS } from '../encoding.ts'
import { DATE_FORMATS } from './dates.ts'

const strict = { additionalProperties: false }
const Name = Type.String({ minLength: 1, maxLength: 200 })
const { Array: List, Optional, Union } = Type

/** One column, or several of which the first with something in it counts. */
const Columns = Union([Name, List(Name, { minItems: 1 })])
const Constant = Union([Type.String(), Type.Number(), Type.Boolean()])
/** What stands in the cell, and what it means. */
const CodeTable = Type.Record(Type.String(), Constant)

/** What a cell is read as; without it, what the member of the event is. */
export const READINGS = ['text', 'code', 'number', 'integer', 'ratio', 'flag', 'date', 'county'] as const
export type Reading = (typeof READINGS)[number]

const reading = {
  as: Optional(Words(READINGS)),
  /** Numbers: one of the cell is so many of the event; 10000 for a column in 万元. */
  unit: Optional(Type.Number({ exclusiveMinimum: 0 })),
  format: Optional(Words(DATE_FORMATS)),
  /** A code table of this mapping by its name, or one written here. */
  table: Optional(Union([Name, CodeTable])),
  /** What holds when the cell is empty, or not in the table. */
  otherwise: Optional(Constant),
}

/** As the row was in the full table before, when it has changed (`--snapshot`). */
const before = Optional(Type.Literal(true))
/** A cell. */
const Cell = Type.Object({ column: Columns, before, ...reading }, strict)
const Fixed = Type.Object({ constant: Constant }, strict)
/** Of a piece of a split cell: all of it, or a named group of `pattern`. */
const Piece = Type.Object({ piece: Union([Type.Literal('whole'), Name]), ...reading }, strict)

export type Leaf = Static<typeof Cell> | Static<typeof Piece>
type Fixed = Static<typeof Fixed>
/** A list: the cell cut at `split` (a regular expression; without it one piece), each piece taken apart by `pattern`. */
export interface MemberList {
  readonly column: string | string[]
  readonly split?: string
  readonly pattern?: string
  readonly each: Member
}
export interface MemberParts {
  readonly [name: string]: Member
}
/** A member of the event: a cell, a constant, a list from one cell, or several members. */
export type Member = Leaf | Fixed | MemberList | MemberParts

export const isConstant = (member: Member): member is Fixed => Object.hasOwn(member, 'constant')
export const isList = (member: Member): member is MemberList => Object.hasOwn(member, 'each')
export const isLeaf = (member: Member): member is Leaf =>
  (Object.hasOwn(member, 'column') || Object.hasOwn(member, 'piece')) && !isList(member)
/** The members of a member that is none of the others. */
export const partsOf = (member: Member): [string, Member][] => Object.entries(member as MemberParts)

const Member: TSchema = Type.Recursive((This) =>
  Union([
    Cell,
    Fixed,
    Piece,
    Type.Object({ column: Columns, split: Optional(Name), pattern: Optional(Name), each: This }, strict),
    Type.Record(Type.String(), This),
  ]),
)

/** Whether a rule holds for a row; every condition given must. */
const Condition = Type.Object(
  {
    column: Columns,
    is: Optional(List(Type.String())),
    not: Optional(List(Type.String())),
    matches: Optional(Name),
    /** Whether there is something in the cell. */
    filled: Optional(Type.Boolean()),
    /** Whether the cell is another than in the full table before (`--snapshot`). */
    changed: Optional(Type.Boolean()),
  },
  strict,
)
export type Condition = Static<typeof Condition>

const EnvelopeMember = Union([Cell, Fixed])
/** The moment at which the full table was taken in (`--snapshot`): where no column says when something changed. */
const Taken = Type.Object({ taken: Type.Literal(true) }, strict)

/** How a row of a full table can differ from the table before. */
export const ROW_CHANGES = ['new', 'changed', 'vanished'] as const
export type RowChange = (typeof ROW_CHANGES)[number]

const Rule = Type.Object(
  {
    name: Name,
    /** With `--snapshot`: the differences it is for; without it new and changed rows. Any other import holds each row for new. */
    on: Optional(List(Words(ROW_CHANGES), { minItems: 1 })),
    when: Optional(List(Condition)),
    type: Name,
    /** Columns that name the row for ever, joined with `-` after the prefix; without it the id is made of the whole row. */
    id: Optional(Type.Object({ columns: List(Name, { minItems: 1 }), prefix: Optional(Type.String()) }, strict)),
    subject: Optional(EnvelopeMember),
    time: Union([Cell, Fixed, Taken]),
    region: EnvelopeMember,
    industry: Optional(EnvelopeMember),
    data: Type.Record(Type.String(), Member),
  },
  strict,
)

/** A mapping file: how the rows of one kind of table become events. */
export const Mapping = Type.Object(
  {
    version: Type.Literal(1),
    /** `source` of every event. */
    source: Name,
    /** Where it comes from and what was decided; for people. */
    note: Optional(Type.String()),
    delimiter: Optional(Words([',', ';', '\t', '|'])),
    encoding: Optional(Words(ENCODINGS)),
    /** Names of the columns of a file without a header. */
    columns: Optional(List(Name, { minItems: 1 })),
    /** Cells that count as empty, beside the empty one. */
    empty: Optional(List(Type.String())),
    tables: Optional(Type.Record(Name, CodeTable)),
    /** Each rule that holds for a row makes one event. */
    rules: List(Rule, { minItems: 1 }),
    /** What becomes of a row for which none holds. */
    unmatched: Optional(Words(['reject', 'skip'])),
    /** With `--snapshot`: columns that may differ without the row counting as changed. */
    uncompared: Optional(List(Name)),
    /** With `--snapshot`: whether the events of a row that is no longer in the table are withdrawn; without it they stay. */
    vanished: Optional(Words(['keep', 'withdraw'])),
  },
  strict,
)
type Rule = Omit<Static<typeof Rule>, 'data'> & { readonly data: Readonly<Record<string, Member>> }
export type MappingRule = Rule
export type Mapping = Omit<Static<typeof Mapping>, 'rules'> & { readonly rules: readonly Rule[] }

/** Cells that are empty though something stands in them. */
export const EMPTY_CELLS = ['', '-', '--', '—', '——', '/', '\\', 'null', 'NULL', '\\N', 'N/A', '#N/A', '无']

/** What a proposed mapping leaves to a person; nothing is imported while it stands there. */
export const FILL_IN = 'FILL IN'
