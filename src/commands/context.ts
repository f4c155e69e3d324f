/** What a command may know of the process; built once by main, replaced by tests. */
export interface CommandContext {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  /** Of the one command that reads it. */
  readonly stdin?: NodeJS.ReadableStream
  readonly stdout: NodeJS.WritableStream
  readonly stderr: NodeJS.WritableStream
  /** stdout is a terminal: bars and colours are welcome. */
  readonly isTerminal: boolean
  /** Aborted by SIGINT or SIGTERM: end gracefully. */
  readonly signal: AbortSignal
}

/** A command was used wrongly: exit code 2. The message names cause and remedy. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'UsageError'
  }
}
