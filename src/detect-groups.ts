import { setTimeout as sleep } from 'node:timers/promises'
import { detectorOf } from '../detectors/index.ts'
import { ALL_PARTITIONS, partitionOf } from './detect/statistics/hash.ts'
import type { Detect } from './detect-host.ts'
import type { Claim, Leases } from './log/leases.ts'
import { YujingError } from './model/errors.ts'
import { type FoundInventory, type InventoryQuestion, joinInventories } from './model/inventory.ts'
import type { Replica } from './replica.ts'
import type { Logger } from './telemetry/logger.ts'

/** Groups of partitions that move between processes; most processes among which detection can be dealt. */
export const GROUPS = 16

/** How often the deal is looked at. */
const DEAL_MS = 250
/** Replicas come and go in bunches: a group is given up only when nobody has come or gone for this long. */
const CALM_MS = 1_000

/** This process's share of detection. */
export interface DetectGroups {
  /** Resolves when the groups that could be had at once have caught up with the log. */
  start(): Promise<void>
  /** Whether the groups held here have caught up with what the log held when they came. */
  isReady(): boolean
  /** Last sequence that all groups held here have judged; null while there are none. */
  position(): number | null
  /** The groups held here. */
  groups(): readonly number[]
  /**
   * What the state says of a key, wherever its group is held; null for an unknown detector. `log.unavailable` while the
   * group is on its way.
   */
  explain(detector: string, key: string): Promise<object | null>
  /** The same for a key held here. */
  explainHere(detector: string, key: string): Promise<object | null>
  /** The inventory of all groups, wherever they are held. `log.unavailable` while one of them is on its way. */
  inventory(question: InventoryQuestion): Promise<FoundInventory>
  /** The same of the groups held here. */
  inventoryHere(question: InventoryQuestion): Promise<FoundInventory>
  stop(): Promise<void>
}

/** The claim of a group. */
export function groupClaim(group: number): string {
  return `detect.${group}`
}

/** The partitions of a group. */
function partitionsOf(group: number): number[] {
  return ALL_PARTITIONS.filter((partition) => partition % GROUPS === group)
}

/**
 * Deals the groups among the living processes that detect: each takes free ones up to its share and gives up what is
 * above it. When the groups of this process change its detection ends, which writes the snapshots of all its partitions,
 * and begins anew with the others; whoever takes a group goes on from its newest snapshots and replays the rest. Two
 * owners for a moment are harmless: findings carry their identity, and a lower snapshot never replaces a higher, so a
 * process that has lost its lease just goes on until it sees that somebody else has its groups.
 */
export function createDetectGroups(o: {
  readonly leases: Pick<Leases<{ readonly detects: boolean }>, 'address' | 'claim' | 'holder' | 'living' | 'held'>
  /** Starts detection on some partitions. */
  readonly begin: (partitions: readonly number[]) => Detect
  /** Asks the process at an address. */
  readonly askElsewhere: Pick<Replica, 'askExplanation' | 'askInventory'>
  readonly onChange: (groups: readonly number[]) => void
  readonly logger: Logger
}): DetectGroups {
  const { leases } = o
  const logger = o.logger.child({ step: 'detect', part: 'groups' })
  const stopping = new AbortController()
  const claims = new Map<number, Claim>()
  let detect: Detect | null = null
  let running: readonly number[] = []
  let members = ''
  let changedAt = 0
  let keeping = Promise.resolve()

  /** How many groups this process should hold. */
  function share(): number {
    const homes = leases.living().filter(({ about }) => about.detects)
    const known = homes.map(({ home }) => home).join()
    if (known !== members) {
      members = known
      changedAt = performance.now()
    }
    const me = homes.findIndex(({ address }) => address === leases.address)
    if (me === -1) return claims.size
    return Math.floor(GROUPS / homes.length) + (me < GROUPS % homes.length ? 1 : 0)
  }

  async function take(most: number): Promise<void> {
    // Those that run here first: after a lease was lost they may still be free.
    const others = Array.from({ length: GROUPS }, (_, group) => group).filter((group) => !running.includes(group))
    const wanted = [...running, ...others].filter((group) => !claims.has(group))
    for (const group of wanted) {
      if (claims.size >= most) return
      const claim = await leases.claim(groupClaim(group))
      if (claim) claims.set(group, claim)
    }
  }

  async function deal(): Promise<void> {
    if (!leases.held()) return
    for (const [group, claim] of claims) if (claim.lost.aborted) claims.delete(group)
    const most = share()
    await take(most)
    const calm = performance.now() - changedAt >= CALM_MS
    const surplus = calm ? [...claims.keys()].sort((a, b) => a - b).slice(most) : []
    const wanted = [...claims.keys()].filter((group) => !surplus.includes(group)).sort((a, b) => a - b)
    if (wanted.join() !== running.join()) await changeTo(wanted)
    for (const group of surplus) {
      const claim = claims.get(group)
      claims.delete(group)
      await claim?.release()
    }
  }

  async function changeTo(groups: readonly number[]): Promise<void> {
    logger.info({ from: running, to: groups }, 'this process detects for other groups of partitions')
    const before = detect
    detect = null
    await before?.stop()
    running = groups
    if (groups.length > 0) detect = o.begin(groups.flatMap(partitionsOf))
    o.onChange(groups)
  }

  async function keep(): Promise<void> {
    const { signal } = stopping
    while (!signal.aborted) {
      await sleep(DEAL_MS, undefined, { signal }).catch(() => {})
      if (signal.aborted) return
      await deal().catch((error: unknown) => logger.warn({ err: error }, 'groups are dealt again later'))
    }
  }

  async function explainHere(id: string, key: string): Promise<object | null> {
    if (detect === null) throw moving()
    return detect.explain(id, key)
  }

  async function inventoryHere(question: InventoryQuestion): Promise<FoundInventory> {
    if (detect === null) throw moving()
    return detect.inventory(question)
  }

  /** The processes that hold groups, each once. */
  function holders(): Set<string> {
    const addresses = Array.from({ length: GROUPS }, (_, group) => {
      if (detect !== null && running.includes(group)) return leases.address
      const address = leases.holder(groupClaim(group))?.address
      if (address === undefined || address === leases.address) throw moving()
      return address
    })
    return new Set(addresses)
  }

  return {
    async start() {
      await deal()
      await detect?.ready
      keeping = keep()
    },
    isReady: () => detect?.isReady() ?? true,
    position: () => detect?.position() ?? null,
    groups: () => running,
    async explain(id, key) {
      const detector = detectorOf(id)
      if (!detector) return null
      const group = partitionOf(detector.keyKind, key) % GROUPS
      if (detect !== null && running.includes(group)) return detect.explain(id, key)
      const holder = leases.holder(groupClaim(group))
      if (holder === null || holder.address === leases.address) throw moving()
      return o.askElsewhere.askExplanation(holder.address, id, key)
    },
    explainHere,
    async inventory(question) {
      const parts = [...holders()].map((address) =>
        address === leases.address ? inventoryHere(question) : o.askElsewhere.askInventory(address, question),
      )
      return joinInventories(await Promise.all(parts), question.most)
    },
    inventoryHere,
    async stop() {
      stopping.abort()
      await keeping
      await detect?.stop()
      await Promise.all([...claims.values()].map((claim) => claim.release()))
    },
  }
}

function moving(): YujingError {
  return new YujingError('log.unavailable', 'Detection is moving between processes; ask again.')
}
