import { isStoreAway } from '../model/errors.ts'
import type { SourceRegistration, SourceView } from '../model/source.ts'
import { businessDay, businessDayStart } from '../model/time.ts'
import type { Clock } from '../telemetry/clock.ts'
import type { IsWorkingDay } from './calendar-port.ts'
import type { Mirrored } from './ports.ts'
import type { SourceRegister } from './register.ts'
import type { Tally } from './tally.ts'
import { type Refused, viewOf } from './view.ts'

/** How long refusals counted in history are shown again, milliseconds. */
const REFUSED_KEPT_MS = 5_000

/** Refused events by `source` since the beginning of today and of the week. */
export type AskRefused = (from: {
  readonly todayMs: number
  readonly weekMs: number
}) => Promise<readonly ({ readonly source: string } & Refused)[]>

/** The sources as every replica shows them. */
export interface SourceBoard {
  /** Registered ones, and others that have sent, by name. */
  list(): Promise<SourceView[]>
  put(registration: SourceRegistration, by: string): Promise<SourceView>
  complete(name: string, through: number, by: string): Promise<SourceView>
  /** Names of the registered sources that are silent. */
  silent(): string[]
  counts(): { readonly registered: number; readonly late: number; readonly silent: number }
}

export function createSourceBoard(options: {
  register: SourceRegister
  tallies: Mirrored<Tally>
  refused: AskRefused
  clock: Clock
  isWorkingDay: IsWorkingDay
}): SourceBoard {
  const { register, clock, isWorkingDay } = options
  let asked: { at: number; refused: Promise<ReadonlyMap<string, Refused> | null> } | null = null

  function tallies(): Map<string, Tally> {
    const byName = new Map<string, Tally>()
    for (const [, { value }] of options.tallies.all()) if (value.name !== '') byName.set(value.name, value)
    return byName
  }

  async function askRefused(now: number): Promise<ReadonlyMap<string, Refused> | null> {
    const day = businessDay(now)
    try {
      const answer = await options.refused({ todayMs: businessDayStart(day), weekMs: businessDayStart(day - 6) })
      const sums = new Map<string, Refused>()
      for (const { source, today, week } of answer) {
        const name = register.find(source)?.name ?? source
        const before = sums.get(name) ?? { today: 0, week: 0 }
        sums.set(name, { today: before.today + today, week: before.week + week })
      }
      return sums
    } catch (error) {
      if (isStoreAway(error)) return null
      throw error
    }
  }

  function refusedAt(now: number): Promise<ReadonlyMap<string, Refused> | null> {
    if (asked === null || now - asked.at > REFUSED_KEPT_MS || now < asked.at)
      asked = { at: now, refused: askRefused(now) }
    return asked.refused
  }

  async function view(names: readonly string[], counted: ReadonlyMap<string, Tally>): Promise<SourceView[]> {
    const now = clock.now()
    const refused = await refusedAt(now)
    return names.map((name) => {
      const found = register.find(name)
      const record = found?.name === name ? found : null
      const refusedHere = refused === null ? null : (refused.get(name) ?? { today: 0, week: 0 })
      return viewOf(name, record, counted.get(name) ?? null, refusedHere, now, isWorkingDay)
    })
  }

  const one = async (name: string): Promise<SourceView> => (await view([name], tallies()))[0] as SourceView

  function judged(verdict: Tally['verdict']): string[] {
    const counted = tallies()
    return register.all().flatMap(({ name }) => (counted.get(name)?.verdict === verdict ? [name] : []))
  }

  return {
    async list() {
      const counted = tallies()
      const registered = register.all().map(({ name }) => name)
      // What is counted under a name whose prefix has been registered meanwhile is on its way there.
      const others = [...counted.keys()].filter((name) => register.find(name) === null).sort()
      return await view([...registered, ...others], counted)
    },
    async put(registration, by) {
      return await one((await register.put(registration, by)).name)
    },
    async complete(name, through, by) {
      return await one((await register.complete(name, through, by)).name)
    },
    silent: () => judged('silent'),
    counts: () => ({ registered: register.all().length, late: judged('late').length, silent: judged('silent').length }),
  }
}
