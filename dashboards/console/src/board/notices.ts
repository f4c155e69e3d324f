import type { Degraded, UnreadyReason } from '../../../../src/model/readiness.ts'

/** What the service says of itself; the words are those of `GET /readyz`. */
export interface Readiness {
  /** Why it must get no traffic; empty when it is ready. */
  readonly reasons: readonly string[]
  /** What is away without stopping it. */
  readonly degraded: readonly string[]
  /** Child servers that are being started again, a sentence each. */
  readonly restarting: readonly string[]
}

/** What is wrong with the service, in the page's own words; `other` stands for a word it does not know. */
export const NOTICES = [
  'clock',
  'disk',
  'log',
  'writer-waits',
  'lead-stuck',
  'store-writer',
  'recovering',
  'lead-away',
  'detect-away',
  'store-away',
  'restarting',
  'other',
] as const
export type NoticeKind = (typeof NOTICES)[number]

export interface Notice {
  readonly kind: NoticeKind
  /** `stop`: the service takes nothing or judges nothing now; `limp`: something is missing, the rest goes on. */
  readonly weight: 'stop' | 'limp'
  /** The service's own word where the page's needs one: the reason of the clock, the name of a child, an unknown reason. */
  readonly detail: string
}

const OF_REASON: Readonly<Record<Exclude<UnreadyReason, `clock ${string}`>, NoticeKind>> = {
  'disk full': 'disk',
  'log unreachable': 'log',
  'the writer waits for the store': 'writer-waits',
  'the lead cannot begin': 'lead-stuck',
  'store writer has given up': 'store-writer',
  'partitions recovering': 'recovering',
}
const OF_DEGRADED: Readonly<Record<Degraded, NoticeKind>> = {
  lead: 'lead-away',
  detect: 'detect-away',
  store: 'store-away',
}

/** A service newer than the page may say what the page has no words for: then its own are shown. */
function notice(table: Readonly<Record<string, NoticeKind>>, word: string, weight: Notice['weight']): Notice {
  const kind = Object.hasOwn(table, word) ? table[word] : undefined
  return kind === undefined ? { kind: 'other', weight, detail: word } : { kind, weight, detail: '' }
}

function fromReason(reason: string): Notice {
  const clock = /^clock (.+)$/.exec(reason)?.[1]
  if (clock !== undefined) return { kind: 'clock', weight: 'stop', detail: clock }
  return notice(OF_REASON, reason, 'stop')
}

/** `nats-server ended and is being started again (2 times in a row)` begins with the name of the child. */
function fromRestarting(sentence: string): Notice {
  return { kind: 'restarting', weight: 'limp', detail: sentence.split(' ')[0] ?? sentence }
}

/** What there is to say of the service's readiness, gravest first; nothing of one that is well or was not asked. */
export function noticesOf(readiness: Readiness | null): Notice[] {
  if (readiness === null) return []
  const notices = [
    ...readiness.reasons.map(fromReason),
    ...readiness.degraded.map((word) => notice(OF_DEGRADED, word, 'limp')),
    ...readiness.restarting.map(fromRestarting),
  ]
  return notices.sort((a, b) => NOTICES.indexOf(a.kind) - NOTICES.indexOf(b.kind))
}
