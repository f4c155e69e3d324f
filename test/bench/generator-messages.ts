/** What the generator's process is told: send these bodies to this service. */
export interface Order {
  readonly url: string
  readonly key: string
  readonly file: string
  readonly lengths: readonly number[]
  /** Events in each body but the last. */
  readonly batch: number
  /** Events a second, sent at even times whether or not the answers keep up; 0: as fast as it goes. */
  readonly rate: number
  /** Requests on their way at a time when it goes as fast as it goes. */
  readonly inFlight: number
  /** Ends after so many seconds even when bodies are left. */
  readonly seconds: number
}

/** How far it is: sums since the start. */
export interface Tally {
  readonly requests: number
  readonly accepted: number
  readonly duplicates: number
  readonly rejected: number
  /** Requests answered with something else than 202, and the first such answer. */
  readonly failed: number
  readonly failure: string
}

/** What it says: `progress` every second, `done` after the last answer. */
export type FromGenerator =
  | { readonly type: 'progress'; readonly tally: Tally }
  | {
      readonly type: 'done'
      readonly tally: Tally
      /** User and system time of the generator's process while sending, seconds. */
      readonly cpu: number
      /** From the first request to the last answer. */
      readonly seconds: number
      /** Milliseconds to each answer. */
      readonly answers: readonly number[]
      /** Open loop: most milliseconds that a request went out behind its time. */
      readonly latest: number
    }
