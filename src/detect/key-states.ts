import type { LoggedEvent } from '../model/event.ts'
import { DAY_MS } from '../model/time.ts'
import type { Touch } from './contract.ts'
import { floorOf } from './ends.ts'
import { type Episode, isOver, settle } from './episode.ts'
import type { InventoryMark } from './inventory.ts'
import type { Plan } from './plan.ts'
import { hash64 } from './statistics/hash.ts'
import { addAmount, freeAmounts, takeAmount, trimAmounts } from './windows/amounts.ts'
import { Arena, type ArenaImage, blockBytes } from './windows/arena.ts'
import { binOf, binStart } from './windows/bins.ts'
import {
  addContribution,
  CONTRIBUTION_WORDS,
  contributionsBetween,
  isOlderThanAll,
  takeContribution,
  trimContributions,
} from './windows/contributions.ts'
import { freeItems, isWaiting, trimItems } from './windows/deadlines.ts'
import { KeyTable } from './windows/key-table.ts'
import type { List } from './windows/list.ts'
import { addMember, freeMembers, takeMember, trimMembers } from './windows/members.ts'
import { freeName, keepName, nameAt } from './windows/name.ts'
import * as record from './windows/record.ts'
import { addToTally, countInTally, freeTally, takeFromTally, trimTally } from './windows/tally.ts'

/** What a snapshot keeps of the keys of one detector in one partition. */
export interface KeyStatesImage {
  readonly arena: ArenaImage
  readonly references: readonly number[]
  readonly episodes: readonly (readonly [reference: number, episode: Episode])[]
  readonly inventory: readonly (readonly [reference: number, mark: InventoryMark])[]
}

const UNTOUCHED_SECONDS = DAY_MS / 1000

/** The state of one detector's keys in one partition: a record and its lists a key, an episode where one runs. */
export class KeyStates {
  readonly arena: Arena
  readonly episodes: Map<number, Episode>
  /** Keys that fulfilled the trigger when it went live: no alert opens for them as they stand (`inventory.ts`). */
  readonly inventory: Map<number, InventoryMark>
  private readonly plan: Plan
  private readonly table: KeyTable

  constructor(plan: Plan, image?: KeyStatesImage) {
    this.plan = plan
    this.arena = new Arena(image?.arena)
    this.table = new KeyTable(this.arena, image?.references)
    this.episodes = new Map(image?.episodes)
    this.inventory = new Map(image?.inventory)
  }

  get keys(): number {
    return this.table.size
  }

  /** Bytes of records, lists and table; episodes apart. */
  get bytes(): number {
    return this.arena.bytes + this.table.bytes
  }

  /** Of these, the bytes of the contributions kept for evidence. Looks at every key. */
  evidenceBytes(): number {
    const lengths = this.table.references().map((at) => record.listOf(this.arena, at, 'contributions').length)
    return lengths.reduce((sum, length) => sum + (length === 0 ? 0 : blockBytes(length * CONTRIBUTION_WORDS)), 0)
  }

  /**
   * The key's record, or 0. A key whose time is over counts as absent whether or not a sweep has come by: the result
   * must not depend on when ticks arrive. Test events live in a key space of their own.
   */
  find(key: string, test: boolean, logTime: number): number {
    const reference = this.table.find(hashOf(key, test))
    return reference !== 0 && this.isOver(reference, logTime) ? 0 : reference
  }

  /** The key's record, made if there is none; a departure from an unknown key makes none and gets 0. */
  open(touch: Touch, { test, region }: Pick<LoggedEvent, 'test' | 'region'>, bin: number, logTime: number): number {
    const hash = hashOf(touch.key, test)
    const known = this.table.find(hash)
    if (known !== 0 && !this.isOver(known, logTime)) {
      this.keepName(known, touch.key, region)
      return known
    }
    if (known !== 0) this.drop(known)
    if (touch.stock === -1) return 0
    const reference = record.createRecord(this.arena, hash, bin, this.plan.recordWords)
    record.setTouchedAt(this.arena, reference, Math.floor(logTime / 1000))
    if (this.plan.waits) this.keepName(reference, touch.key, region)
    this.table.insert(reference)
    return reference
  }

  /** The reference is still that of a key's record. */
  isAlive(reference: number): boolean {
    const { words } = this.arena
    return this.table.find({ high: words[reference] as number, low: words[reference + 1] as number }) === reference
  }

  /** All records, in no order that means anything. */
  records(): number[] {
    return this.table.references()
  }

  /** Those of keys whose time is not over. */
  present(logTime: number): number[] {
    return this.records().filter((reference) => !this.isOver(reference, logTime))
  }

  /** The key's own text; only of a detector whose items fall due. */
  nameOf(reference: number): string {
    return this.named(reference)?.key ?? ''
  }

  /**
   * The key's own text and the county it was seen in, as far as the state can tell: as it was kept, or by the newest event
   * that is kept. Null of a test key.
   */
  identityOf(reference: number): { readonly key: string; readonly region: string } | null {
    const [from, to] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]
    const events = contributionsBetween(this.arena, record.listOf(this.arena, reference, 'contributions'), from, to)
    const newest = events[0]?.region
    const named = this.named(reference)
    const candidates = [
      ...(named === null ? [] : [{ key: named.key, region: newest ?? named.region }]),
      ...events.map(({ subject, region }) => ({ key: subject, region })),
    ]
    return candidates.find(({ key }) => this.table.find(hashOf(key, false)) === reference) ?? null
  }

  /** The episode is over, and with it whatever the inventory said of the key. */
  endEpisode(reference: number): void {
    this.episodes.delete(reference)
    this.inventory.delete(reference)
  }

  /** An event of this bin still changes the key's windows. */
  admits(reference: number, bin: number): boolean {
    return bin >= floorOf(this.plan, record.newestBin(this.arena, reference))
  }

  moveStock(reference: number, touch: Touch): void {
    if (touch.stock !== undefined) record.moveStock(this.arena, reference, touch.stock)
  }

  /** Counts an admitted event: newest bin, windows, stock, contributions. */
  count(reference: number, touch: Touch, event: LoggedEvent, logTime: number): void {
    const { arena, plan } = this
    const bin = binOf(plan.unit, event.time)
    record.setTouchedAt(arena, reference, Math.floor(logTime / 1000))
    if (bin > record.newestBin(arena, reference)) this.advance(reference, bin)
    this.moveStock(reference, touch)
    if (touch.counts === false) return
    addToTally(arena, reference, plan.span, bin, event.time - binStart(plan.unit, bin))
    if (plan.memberReach > 0 && bin > record.newestBin(arena, reference) - plan.memberSpan)
      addMember(arena, reference, plan.memberSpan, bin, memberOf(touch, event))
    for (const [name, added] of Object.entries(touch.amounts ?? {}))
      addAmount(arena, reference, bin, amountOf(plan, name, added), added)
    const { seq, index } = event.position
    const contribution = { time: event.time, seq, index, region: event.region, subject: event.subject }
    const contributions = record.listOf(arena, reference, 'contributions')
    // Between an older one and those that are kept may lie some that are kept no more.
    if (isOlderThanAll(arena, contributions, contribution) && this.lacksSome(reference, contributions, 1)) return
    record.setList(arena, reference, 'contributions', addContribution(arena, contributions, contribution))
  }

  /**
   * Takes an event back that was counted; false when it never was (it came too late, before the key began, or in another
   * log), or is forgotten by now: then nothing changes.
   *
   *     kept for evidence, newest first    e9 e8 e7 | e6 e5 ...      counted and not kept: told by their bins alone
   *     one of e9 to e7                    found among the kept
   *     newer than e7 and not found        never counted
   *     older than e7                      counted, if its bin holds any; if all that is counted is kept, never counted
   */
  uncount(reference: number, touch: Touch, event: LoggedEvent): boolean {
    const { arena, plan } = this
    const bin = binOf(plan.unit, event.time)
    if (touch.counts === false || !this.admits(reference, bin)) return false
    const { seq, index } = event.position
    const place = { time: event.time, seq, index }
    const kept = record.listOf(arena, reference, 'contributions')
    const lacksSome = this.lacksSome(reference, kept)
    const left = takeContribution(arena, kept, place)
    if (left === null && !(lacksSome && isOlderThanAll(arena, kept, place))) return false
    if (left !== null) record.setList(arena, reference, 'contributions', left)
    const start = binStart(plan.unit, bin)
    const rest = this.firstAndLast(left ?? kept, lacksSome, start, binStart(plan.unit, bin + 1))
    if (!takeFromTally(arena, reference, plan.span, bin, event.time - start, rest)) return false
    if (plan.memberReach > 0 && bin > record.newestBin(arena, reference) - plan.memberSpan)
      takeMember(arena, reference, plan.memberSpan, bin, memberOf(touch, event))
    for (const [name, added] of Object.entries(touch.amounts ?? {}))
      takeAmount(arena, reference, bin, amountOf(plan, name, added), added)
    return true
  }

  /** Events are counted that are not kept for evidence; `counted`: those just counted and not to be looked for. */
  private lacksSome(reference: number, kept: List, counted = 0): boolean {
    const { arena, plan } = this
    if (kept.length === 0 && counted > 0) return false
    const all = countInTally(arena, reference, plan.span, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY)
    return all - counted > kept.length
  }

  /** Offsets of the first and the last event of a bin, by those kept; null when not all of the bin are. */
  private firstAndLast(kept: List, lacksSome: boolean, start: number, end: number) {
    if (lacksSome && isOlderThanAll(this.arena, kept, { time: start, seq: 0, index: 0 })) return null
    const times = contributionsBetween(this.arena, kept, start, end).map(({ time }) => time - start)
    return times.length === 0 ? null : { first: Math.min(...times), last: Math.max(...times) }
  }

  /** Frees every key whose time is over; without effect on any later finding. */
  sweep(logTime: number): void {
    for (const reference of this.table.where((one) => this.isOver(one, logTime))) this.drop(reference)
  }

  image(): KeyStatesImage {
    const [episodes, inventory] = [[...this.episodes], [...this.inventory]]
    return { arena: this.arena.image(), references: this.table.references(), episodes, inventory }
  }

  private keepName(reference: number, key: string, region: string): void {
    const { arena, plan } = this
    if (plan.nameWord === null || record.nameReference(arena, reference, plan.nameWord) !== 0) return
    record.setName(arena, reference, plan.nameWord, keepName(arena, key), Number(region))
  }

  /** What `keepName` kept. */
  private named(reference: number): { readonly key: string; readonly region: string } | null {
    const { nameWord } = this.plan
    const name = nameWord === null ? 0 : record.nameReference(this.arena, reference, nameWord)
    if (name === 0) return null
    const region = record.nameRegion(this.arena, reference, nameWord as number)
    return { key: nameAt(this.arena, name), region: region === 0 ? '' : String(region).padStart(6, '0') }
  }

  /** The key's newest event moves on: what lies behind retention is forgotten. */
  private advance(reference: number, newest: number): void {
    const { arena, plan } = this
    const moved = newest - record.newestBin(arena, reference)
    record.setNewestBin(arena, reference, newest)
    trimTally(arena, reference, plan.span, moved)
    if (plan.memberReach > 0) trimMembers(arena, reference, plan.memberSpan, moved)
    if (plan.amounts.length > 0) trimAmounts(arena, reference, newest - plan.span + 1)
    const before = binStart(plan.unit, floorOf(plan, newest))
    if (plan.waits) trimItems(arena, reference, before)
    const contributions = record.listOf(arena, reference, 'contributions')
    record.setList(arena, reference, 'contributions', trimContributions(arena, contributions, before))
    const episode = this.episodes.get(reference)
    if (episode) settle(episode, newest - plan.lateness)
  }

  /**
   * Nothing is there or to be done, the windows and the allowed lateness lie behind log time, no event touched the key
   * for 24 hours of log time, and no episode could be continued.
   */
  private isOver(reference: number, logTime: number): boolean {
    const { arena, plan } = this
    if (record.stockOf(arena, reference) > 0 || (plan.waits && isWaiting(arena, reference))) return false
    if (Math.floor(logTime / 1000) - record.touchedAt(arena, reference) < UNTOUCHED_SECONDS) return false
    const now = binOf(plan.unit, logTime)
    if (floorOf(plan, now) <= record.newestBin(arena, reference)) return false
    const episode = this.episodes.get(reference)
    return episode === undefined || isOver(episode, plan.unit, now)
  }

  private drop(reference: number): void {
    this.table.remove(reference)
    freeTally(this.arena, reference, this.plan.span)
    if (this.plan.memberReach > 0) freeMembers(this.arena, reference, this.plan.memberSpan)
    if (this.plan.amounts.length > 0) freeAmounts(this.arena, reference)
    if (this.plan.waits) freeItems(this.arena, reference)
    const name = this.plan.nameWord === null ? 0 : record.nameReference(this.arena, reference, this.plan.nameWord)
    if (name !== 0) freeName(this.arena, name)
    const contributions = record.listOf(this.arena, reference, 'contributions')
    this.arena.resize(contributions.reference, contributions.length * CONTRIBUTION_WORDS, 0)
    this.arena.free(reference, this.plan.recordWords)
    this.endEpisode(reference)
  }
}

/** The amount's place among those of the plan; a touch that brings another one, or no whole number of it, is a bug. */
function amountOf({ amounts, detector }: Plan, name: string, added: number): number {
  const place = amounts.indexOf(name)
  if (place < 0 || !Number.isSafeInteger(added) || added < 1)
    throw new TypeError(`detector ${detector.id}: no window sums ${name}, or ${added} is no whole number above 0`)
  return place
}

/** Without a member an event counts as its own. */
function memberOf(touch: Touch, { source, id }: LoggedEvent) {
  return hash64(touch.member ?? JSON.stringify([source, id]))
}

function hashOf(key: string, test: boolean) {
  return hash64(test ? `test:${key}` : `real:${key}`)
}
