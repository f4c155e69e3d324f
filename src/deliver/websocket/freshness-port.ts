/** How fresh what the feed shows is. Asked every pulse; must answer at once, from memory. */
export interface Freshness {
  /** Events that passed the door, per second, over the last few seconds. */
  eventsPerSecond(): number
  /** Log messages that detection has not judged yet. */
  lag(): number
  /** Sources that should have sent and have not. */
  silentSources(): readonly string[]
}
