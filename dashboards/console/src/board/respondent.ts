import type { TimelineEvent } from '../api/enterprises.ts'

/** Whom an event without a credit code speaks of, in the words of whoever told it; '' for what was not told. */
export function respondentOf({ data }: Pick<TimelineEvent, 'data'>): {
  readonly name: string
  readonly address: string
} {
  const { name, address } = (data.respondent ?? {}) as { name?: unknown; address?: unknown }
  return { name: typeof name === 'string' ? name : '', address: typeof address === 'string' ? address : '' }
}
