/** What is planted, and by which detectors it should or must not be spoken of. */
export const INCIDENT_KINDS = {
  /** Shells at one room, within days. */
  'mass-registration': { detector: 'same-address-registrations', code: 'REG-01', decoy: false },
  /** Newcomers at a lawful cluster address: as many, and no reason to worry. */
  'cluster-registration': { detector: 'same-address-registrations', code: 'REG-01', decoy: true },
  /** A shop that sold prepaid cards closes and refuses refunds. */
  'complaint-surge': { detector: 'complaint-surge', code: 'CMP-01', decoy: false },
  /** One person who complains for a living, again and again about one shop. */
  'serial-claimant': { detector: 'complaint-surge', code: 'CMP-01', decoy: true },
} as const
export type IncidentKind = keyof typeof INCIDENT_KINDS

/** Ground truth about one planted incident. Times are RFC 3339 in +08:00. */
export interface Incident {
  readonly id: string
  readonly kind: IncidentKind
  /** The detector that should speak, or for a decoy must not. */
  readonly detector: string
  readonly code: string
  readonly decoy: boolean
  /** What the detector counts by: an address key or a credit code. */
  readonly key: { readonly kind: 'address' | 'enterprise'; readonly key: string }
  /** The room or the enterprise's name. */
  readonly name: string
  readonly region: string
  /** Credit codes concerned. */
  readonly enterprises: readonly string[]
  readonly events: number
  readonly begins: string
  /** When the trigger is first fulfilled; null: never. */
  readonly trips: string | null
  /** When harm peaks. */
  readonly peaks: string
  readonly ends: string
  /** The level it should reach; null: quiet. */
  readonly level: 'orange' | 'red' | null
  /** False when it had already tripped in history, of which no alert is made. */
  readonly judged: boolean
}
