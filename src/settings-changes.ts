import { detectors } from '../detectors/index.ts'
import { type InForce, NOTHING_IN_FORCE, type Topic } from './in-force.ts'
import { type AllowListEntry, MOST_ALLOWED } from './model/allow-list.ts'
import { type CalendarYear, calendarYearName } from './model/calendar.ts'
import type { Control } from './model/control.ts'
import { YujingError } from './model/errors.ts'
import type { Position } from './model/position.ts'
import { STATE_COUNCIL, stateCouncilYears } from './state-council-days.ts'

type Numbers = Readonly<Record<string, number>>

/** The writer, as far as settings need it: the log is where they live. */
interface ControlWriter {
  control(control: Control): Promise<Position>
  inForce(): {
    readonly versions: Numbers | null
    readonly parameters: InForce['parameters']
    readonly completeness: InForce['completeness']
    readonly allowList: InForce['allow-list'] | null
    readonly calendars: InForce['calendars']
  }
}

/** What every replica shows after a change, and the revision under which it is told. */
export type Told = { readonly [T in Topic]: { topic: T; value: InForce[T]; revision: number } }[Topic]

/** A change as the lead has written it: it holds from the position on. */
export interface Changed {
  readonly position: Position
  /** Null for an entry that nobody shows. */
  readonly told: Told | null
}

/**
 * A change that rests on what is in force, so that the lead alone can make it up. `after`: the version it replaces; another
 * one is `revision.stale`.
 */
export type Change =
  | { readonly topic: 'parameters'; readonly detector: string; readonly wanted: Numbers; readonly by: string }
  | {
      readonly topic: 'allow-list'
      readonly entries: readonly AllowListEntry[]
      readonly after: number
      readonly by: string
    }
  | { readonly topic: 'calendars'; readonly year: CalendarYear; readonly after: number; readonly by: string }

/** Topic under which an entry is shown. */
const TOPIC_OF: Readonly<Partial<Record<Control['type'], Topic>>> = {
  'yujing.parameters': 'parameters',
  'yujing.allow-list': 'allow-list',
  'yujing.calendar': 'calendars',
  'yujing.completeness': 'completeness',
}

/**
 * The way to change settings, which only the lead has: every change is an entry of the log, so that a replay meets it at
 * the same place. `project` shows every replica what is in force.
 */
export function createSettingsChanges(options: {
  writer: ControlWriter
  project: <T extends Topic>(topic: T, value: InForce[T]) => Promise<number>
}) {
  const { writer } = options
  let last: Promise<unknown> = Promise.resolve()

  function shown(): InForce {
    const { parameters, allowList, calendars, completeness } = writer.inForce()
    return { parameters, 'allow-list': allowList ?? NOTHING_IN_FORCE['allow-list'], calendars, completeness }
  }

  async function project(topic: Topic): Promise<Told> {
    const value = shown()[topic]
    return { topic, value, revision: await options.project(topic, value) } as Told
  }

  async function say(control: Control): Promise<Changed> {
    const position = await writer.control(control)
    const topic = TOPIC_OF[control.type]
    return { position, told: topic === undefined ? null : await project(topic) }
  }

  function controlFor(change: Change): Control {
    const { by } = change
    switch (change.topic) {
      case 'parameters': {
        const { detector, wanted } = change
        const before = shown().parameters[detector]
        const parameters = { ...before?.parameters, ...wanted }
        return { type: 'yujing.parameters', data: { detector, version: (before?.version ?? 0) + 1, parameters, by } }
      }
      case 'allow-list': {
        const { version } = shown()['allow-list']
        requireVersion('The allow-list', version, change.after)
        if (change.entries.length > MOST_ALLOWED)
          throw new YujingError('request.invalid', `The allow-list holds at most ${MOST_ALLOWED} entries.`)
        return { type: 'yujing.allow-list', data: { version: version + 1, entries: change.entries, by } }
      }
      case 'calendars': {
        const name = calendarYearName(change.year)
        const version = shown().calendars[name]?.version ?? 0
        requireVersion(name, version, change.after)
        return { type: 'yujing.calendar', data: { ...change.year, version: version + 1, by } }
      }
    }
  }

  /** One after the other: each rests on the one before. */
  function inTurn<T>(run: () => Promise<T>): Promise<T> {
    const next = last.then(run)
    last = next.catch(() => {})
    return next
  }

  return {
    change: (change: Change): Promise<Changed> => inTurn(() => say(controlFor(change))),

    /** Writes an entry as it is. */
    say: (control: Control): Promise<Changed> => inTurn(() => say(control)),

    /**
     * Writes into the log what this code brings along when it differs from what stands there: versions of detectors, and
     * holidays of years that no administrator has set. Shows what is in force.
     */
    async announce(): Promise<void> {
      const versions = Object.fromEntries(detectors.map(({ id, version }) => [id, version]))
      const last = writer.inForce().versions
      const same =
        last !== null &&
        Object.keys(last).length === detectors.length &&
        detectors.every(({ id, version }) => last[id] === version)
      if (!same) await writer.control({ type: 'yujing.detectors', data: { versions } })
      for (const year of stateCouncilYears()) {
        const before = shown().calendars[calendarYearName(year)]
        if (before === undefined || (before.by === STATE_COUNCIL && !isSameYear(before, year)))
          await writer.control(controlFor({ topic: 'calendars', year, after: before?.version ?? 0, by: STATE_COUNCIL }))
      }
      for (const topic of Object.keys(shown()) as Topic[]) await project(topic)
    },
  }
}

/** Of two editors the slower one reads again. */
function requireVersion(what: string, version: number, after: number): void {
  if (version !== after)
    throw new YujingError('revision.stale', `${what} is at version ${version}; read it again.`, { version })
}

function isSameYear(a: CalendarYear, b: CalendarYear): boolean {
  return a.off.join() === b.off.join() && a.on.join() === b.on.join()
}

export type SettingsChanges = ReturnType<typeof createSettingsChanges>
