import { type Static, Type } from '@sinclair/typebox'
import { KEY_KINDS } from './event.ts'
import { LEVELS, type Level, severity } from './level.ts'
import { Bilingual, Nullable, Words } from './schema.ts'

/**
 * Why a key is in the inventory (存量) and has no alert: it fulfilled the trigger when a parameter set went live, when a
 * detector or a version of it did, or by history (backfill) alone when the first judged event came.
 */
const GO_LIVES = ['parameters', 'version', 'backfill'] as const
export type GoLive = (typeof GO_LIVES)[number]

/** A case of the inventory, for those outside: OpenAPI documents it from here. Times are RFC 3339 in +08:00. */
export const InventoryItem = Type.Object(
  {
    detector: Type.String(),
    detectorVersion: Type.Integer(),
    code: Type.String(),
    title: Bilingual,
    summary: Bilingual,
    level: Words(LEVELS),
    subject: Type.Object({
      kind: Words(KEY_KINDS),
      key: Type.String(),
      name: Type.String(),
      enterprises: Type.Array(Type.String(), { description: 'Credit codes' }),
      hidden: Type.Integer({ description: 'Enterprises outside your scope' }),
    }),
    region: Type.String(),
    regions: Type.Array(Type.String()),
    office: Nullable(
      Type.String({ description: 'County office whose list it is on; null: where it belongs is not known' }),
    ),
    department: Nullable(Type.String()),
    evidence: Type.Object({
      observed: Type.Number(),
      expected: Nullable(Type.Number()),
      threshold: Type.Number(),
      probability: Nullable(Type.Number()),
      from: Type.String({ description: 'RFC 3339' }),
      to: Type.String({ description: 'Half-open [from, to)' }),
      eventsTotal: Type.Integer(),
      params: Type.Record(Type.String(), Type.Number()),
      reason: Type.String(),
    }),
    since: Type.String({ description: 'RFC 3339: when it was put on the list' }),
    because: Words(GO_LIVES),
  },
  { title: 'InventoryItem' },
)
export type InventoryItem = Static<typeof InventoryItem>

/** One list: what one detector found in one office, by level. */
export interface InventoryList {
  readonly detector: string
  readonly code: string
  /** County; '' where it is not known. */
  readonly office: string
  readonly levels: Readonly<Record<Level, number>>
}

/** Where a case stands in the order of the inventory: by code, office, level (gravest first) and key. */
export interface InventoryPlace {
  readonly code: string
  readonly office: string
  readonly level: Level
  readonly key: string
}

/** Negative when `a` comes before `b`. */
export function compareInventoryPlaces(a: InventoryPlace, b: InventoryPlace): number {
  return (
    compareTexts(a.code, b.code) ||
    compareTexts(a.office, b.office) ||
    severity(b.level) - severity(a.level) ||
    compareTexts(a.key, b.key)
  )
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** Who asks for what. Everything counted and given lies in `areas` first; a list that is absent limits nothing. */
export interface InventoryQuestion {
  readonly areas: readonly string[] | 'all'
  /** Ids or codes. */
  readonly detectors?: readonly string[] | undefined
  readonly levels?: readonly Level[] | undefined
  /** County codes; one that ends in 00 stands for its subtree. */
  readonly regions?: readonly string[] | undefined
  /** County codes whose lists are wanted; '' stands for the cases of which it is not known where they belong. */
  readonly offices?: readonly string[] | undefined
  /** Cases behind this place; null: from the first. */
  readonly after: InventoryPlace | null
  /** Most cases. */
  readonly most: number
}

/** A case as the state of detection has it: whole, whoever asks. */
export interface FoundCase extends Omit<InventoryItem, 'subject' | 'office' | 'department' | 'evidence' | 'since'> {
  readonly subject: Pick<InventoryItem['subject'], 'kind' | 'key'>
  readonly place: InventoryPlace
  readonly evidence: Omit<InventoryItem['evidence'], 'from' | 'to'> & { readonly from: number; readonly to: number }
  /** Epoch milliseconds. */
  readonly since: number
  /** Newest contributing events, at most 64, newest first, with their counties. */
  readonly events: readonly { readonly seq: number; readonly index: number; readonly region: string }[]
  /** Enterprises concerned, newest first, each with the county it was last seen in. */
  readonly enterprises: readonly (readonly [code: string, region: string])[]
}

/** What a part of the state, or all of it, answers: counts of all that fits, and the first cases behind the place asked. */
export interface FoundInventory {
  readonly lists: readonly InventoryList[]
  readonly cases: readonly FoundCase[]
}

/** Several answers to one question as one. */
export function joinInventories(parts: readonly FoundInventory[], most: number): FoundInventory {
  const lists = new Map<string, InventoryList>()
  for (const list of parts.flatMap((part) => part.lists)) {
    const name = `${list.code} ${list.office}`
    lists.set(name, addLists(lists.get(name), list))
  }
  const byPlace = (a: FoundCase, b: FoundCase) => compareInventoryPlaces(a.place, b.place)
  return {
    lists: [...lists.values()].sort((a, b) => compareTexts(a.code, b.code) || compareTexts(a.office, b.office)),
    cases: parts
      .flatMap((part) => part.cases)
      .sort(byPlace)
      .slice(0, most),
  }
}

function addLists(a: InventoryList | undefined, b: InventoryList): InventoryList {
  const levels = LEVELS.map((level) => [level, (a?.levels[level] ?? 0) + b.levels[level]] as const)
  return { ...b, levels: Object.fromEntries(levels) as Record<Level, number> }
}
