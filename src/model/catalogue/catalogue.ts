import type { Static } from '@sinclair/typebox'
import { consumer } from './consumer.ts'
import { corrections } from './correction.ts'
import { credit } from './credit.ts'
import { enforcement } from './enforcement.ts'
import { licences } from './licence.ts'
import type { EventDefinition } from './members.ts'
import { registration } from './registration.ts'
import { safety } from './safety.ts'

/** Every type of event that the door lets in, by line of work. */
export const CATALOGUE = {
  ...registration,
  ...licences,
  ...credit,
  ...enforcement,
  ...safety,
  ...consumer,
  ...corrections,
} as const satisfies Record<string, EventDefinition>

export type EventType = keyof typeof CATALOGUE

/** Data of a type as a source sends it, people still by name; behind the door they are `PseudonymousPerson`. */
export type EventData<T extends EventType> = Static<(typeof CATALOGUE)[T]['data']>

export const EVENT_TYPES = Object.keys(CATALOGUE) as EventType[]

export function isEventType(type: string): type is EventType {
  return Object.hasOwn(CATALOGUE, type)
}

/** Types that stand in the log but never come through the door. */
export function belongsToLogAlone(type: string): boolean {
  return type === 'class.changed' || type.startsWith('yujing.')
}
