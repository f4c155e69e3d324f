import type { FaultRecord } from './faults/faults.ts'
import type { CareerName } from './incidents/careers.ts'
import { NOT_PLANTABLE } from './incidents/detectors.ts'
import type { IncidentKey, IncidentLevel } from './incidents/scene.ts'
import type { StoryName } from './incidents/stories/stories.ts'
import type { HiddenRisk } from './risk.ts'

/** Ground truth about one planted incident. Times are RFC 3339 in +08:00. */
export interface Incident {
  readonly id: string
  readonly kind: StoryName
  /** The household whose career it is a chapter of; null: it stands alone. */
  readonly career: CareerName | null
  /** In one line, for people. */
  readonly about: string
  /** The detector that should speak, or for a decoy must not. */
  readonly detector: string
  readonly code: string
  readonly decoy: boolean
  /** What the detector counts by. */
  readonly key: IncidentKey
  /** The room, the enterprise's or the person's name. */
  readonly name: string
  readonly region: string
  /** Credit codes concerned. */
  readonly enterprises: readonly string[]
  readonly events: number
  readonly begins: string
  /** When the trigger is first fulfilled; null: never. */
  readonly trips: string | null
  /** When harm peaks, or would if nobody acted. */
  readonly peaks: string
  readonly ends: string
  /** When the verdict no longer holds because its events were withdrawn; null: it stands. */
  readonly withdrawn: string | null
  /** The level it should reach; null: quiet. */
  readonly level: IncidentLevel | null
  /** False when it had already tripped in history, of which no alert is made. */
  readonly judged: boolean
  /** Codes of other detectors that may as well speak of the same enterprises. */
  readonly also: readonly string[]
}

/** A line of the file of truth. */
export type TruthRecord =
  | ({ readonly record: 'incident' } & Incident)
  | ({ readonly record: 'fault' } & FaultRecord)
  | ({ readonly record: 'not-plantable' } & (typeof NOT_PLANTABLE)[number])
  | ({ readonly record: 'risk'; readonly code: string; readonly region: string } & HiddenRisk)

/** What the truth is told of. */
export interface TruthSource {
  readonly truth: readonly Incident[]
  readonly faults: readonly FaultRecord[]
  readonly entities: number
  hidden(index: number): { readonly code: string; readonly region: string; readonly risk: HiddenRisk }
}

/** @param risks whether to tell the hidden risk of every entity too */
export function* truthRecords(source: TruthSource, risks: boolean): Generator<TruthRecord> {
  for (const incident of source.truth) yield { record: 'incident', ...incident }
  for (const fault of source.faults) yield { record: 'fault', ...fault }
  for (const gap of NOT_PLANTABLE) yield { record: 'not-plantable', ...gap }
  if (!risks) return
  for (let index = 0; index < source.entities; index++) {
    const { code, region, risk } = source.hidden(index)
    yield { record: 'risk', code, region, ...risk }
  }
}
