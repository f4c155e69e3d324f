import { type TSchema, Type } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import type { ConfigBucket } from './access/bucket-port.ts'
import { createMirror } from './access/mirror.ts'
import { AllowListEntry } from './model/allow-list.ts'
import { CalendarYear } from './model/calendar.ts'
import type { AllowListControl, CalendarControl, CompletenessControl, ParametersControl } from './model/control.ts'
import type { Logger } from './telemetry/logger.ts'

const { Array: List, Composite, Integer, Number: Numeric, Object: Members, Record: Named, String: Characters } = Type

/** What control entries have put in force, by topic. */
export interface InForce {
  /** By detector. */
  readonly parameters: Readonly<Record<string, ParametersControl['data']>>
  /** Version 0: nothing has been allowed yet. */
  readonly 'allow-list': AllowListControl['data']
  /** By `calendarYearName`. */
  readonly calendars: Readonly<Record<string, CalendarControl['data']>>
  /** By source. */
  readonly completeness: Readonly<Record<string, CompletenessControl['data']>>
}
export type Topic = keyof InForce

const Version = Members({ version: Integer(), by: Characters() })
const SCHEMAS: Readonly<Record<Topic, TSchema>> = {
  parameters: Named(
    Characters(),
    Composite([Members({ detector: Characters(), parameters: Named(Characters(), Numeric()) }), Version]),
  ),
  'allow-list': Composite([Members({ entries: List(AllowListEntry) }), Version]),
  calendars: Named(Characters(), Composite([CalendarYear, Version])),
  completeness: Named(Characters(), Members({ source: Characters(), through: Integer(), by: Characters() })),
}

export const NOTHING_IN_FORCE: InForce = {
  parameters: {},
  'allow-list': { version: 0, entries: [], by: '' },
  calendars: {},
  completeness: {},
}

const PREFIX = 'in-force.'

/** The key of a topic in the configuration bucket. */
export function inForceKey(topic: Topic): string {
  return `${PREFIX}${topic}`
}

/** What is in force as this replica sees it: the lead projects it from the log, everybody shows it. */
export interface InForceMirror {
  start(): Promise<void>
  stop(): Promise<void>
  get<T extends Topic>(topic: T): InForce[T]
  /** Takes a change of our own before the watch brings it. */
  apply<T extends Topic>(topic: T, value: InForce[T], revision: number): void
}

export function createInForceMirror(o: { bucket: ConfigBucket; logger: Logger }): InForceMirror {
  const mirror = createMirror({ ...o, prefix: PREFIX, schema: Type.Unknown() })
  /** Values that were found sound: the calendar is asked for hundreds of days at a time. */
  const sound = new WeakSet<object>()
  return {
    start: () => mirror.start(),
    stop: () => mirror.stop(),
    get<T extends Topic>(topic: T): InForce[T] {
      const value = mirror.get(topic)?.value
      if (typeof value !== 'object' || value === null) return NOTHING_IN_FORCE[topic]
      if (!sound.has(value)) {
        if (!Value.Check(SCHEMAS[topic], value)) return NOTHING_IN_FORCE[topic]
        sound.add(value)
      }
      return value as InForce[T]
    },
    apply: (topic, value, revision) => mirror.apply(topic, value, revision),
  }
}
