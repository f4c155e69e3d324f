/** A message of an inbox, as the reader needs it. */
export interface InboxMessage {
  /** Subject tokens behind the name of the inbox; `batch` first asks for the batch lane. */
  readonly path: readonly string[]
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly data: Uint8Array
  /** It is dealt with; after that nobody gets it again. */
  done(): void
  /** It is still being dealt with: must be said more often than each half minute, or it is handed out again. */
  working(): void
}

/**
 * Where sources leave messages. At least once: what was not `done` when a reader ended the next one gets first, in the
 * order in which it was left.
 */
export interface InboxPort {
  /** Messages that wait, by inbox. */
  waiting(): Promise<ReadonlyMap<string, number>>
  /** Groups of what waits in one inbox as they come, without end; ends when aborted. */
  read(name: string, signal: AbortSignal): AsyncIterable<readonly InboxMessage[]>
}
