/** What a subscriber needs of its WebSocket. */
export interface Transport {
  /** Bytes handed over and not yet taken by the network. */
  waiting(): number
  /** `flushed` is called when the network has taken this text. */
  send(text: string, flushed?: () => void): void
  /** Says why and ends; nothing is sent any more. A second close does nothing. */
  close(code: number, reason: string): void
}
