/** What a subscriber needs of its WebSocket. */
export interface Transport {
  /** Bytes handed over and not yet taken by the network. */
  waiting(): number
  /** `flushed` is called when the network has taken this text. */
  send(text: string, flushed?: () => void): void
  close(code: number, reason: string): void
}
