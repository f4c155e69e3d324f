import { type DestinationStream, type Logger, pino } from 'pino'

export type { Logger }

/** Levels the configuration may name, most talkative first. */
export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

/** Members that never reach a log line, wherever a caller puts them. */
const SECRET_MEMBERS = ['password', 'key', 'secret', 'token', 'authorization', 'cookie', 'data', 'payload', 'body']

/** JSON lines with an ISO time; one line an event of the service, never personal data. */
export function createLogger(options: { level: LogLevel; destination?: DestinationStream }): Logger {
  const settings = {
    level: options.level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    redact: { paths: SECRET_MEMBERS.flatMap((name) => [name, `*.${name}`]), remove: true },
  }
  return options.destination ? pino(settings, options.destination) : pino(settings)
}

/** Says nothing: for tests and for parts used outside a service. */
export function silentLogger(): Logger {
  return pino({ level: 'silent' })
}
