/** What a check has to say: all well; worth knowing, nothing to mend; wrong, mend it. */
export type State = 'well' | 'note' | 'wrong'

/** Every check of the doctor; deploy/runbook/doctor.md has a section for each. */
export const CHECKS = [
  'node',
  'configuration',
  'production',
  'nats-server',
  'data-dir',
  'owner',
  'secrets',
  'port',
  'disk',
  'service',
  'readiness',
  'log',
  'clock',
  'person-key',
  'store',
  'store-lag',
  'intent',
  'snapshots',
  'quarantine',
  'leases',
] as const
export type Check = (typeof CHECKS)[number]

/** One line of the report. `remedy` says what to do where something is wrong. */
export interface Finding {
  readonly check: Check
  readonly state: State
  readonly says: string
  readonly remedy?: string
}

export const well = (check: Check, says: string): Finding => ({ check, state: 'well', says })
export const note = (check: Check, says: string, remedy?: string): Finding => ({
  check,
  state: 'note',
  says,
  ...(remedy !== undefined && { remedy }),
})
export const wrong = (check: Check, says: string, remedy: string): Finding => ({ check, state: 'wrong', says, remedy })
