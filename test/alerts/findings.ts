import type { LoggedEvent } from '../../src/model/event.ts'
import type { Finding, FindingCorrection, FindingKind } from '../../src/model/finding.ts'
import type { Level } from '../../src/model/level.ts'
import { DAY_MS } from '../../src/model/time.ts'

/** 2026-11-23 08:00 +08:00. */
export const MONDAY = Date.UTC(2026, 10, 23)
export const EPOCH = 'e0e0e0e0e0e0e0e0'
export const HOT_POT = '91140105MA0K2914XG'
export const NOODLES = '91140212MA0K6317XG'

export interface FindingWords {
  /** Place in the log; orders findings. */
  readonly at: number
  readonly kind?: FindingKind
  readonly alert?: string
  readonly level?: Level
  readonly observed?: number
  readonly enterprise?: string
  readonly address?: string
  readonly counties?: readonly string[]
  readonly historic?: boolean
  readonly test?: boolean
  readonly lastEvent?: number
  readonly events?: readonly { seq: number; index: number }[]
  readonly epoch?: string
  readonly logTime?: number
  readonly correction?: FindingCorrection
}

/** A surge of complaints about an enterprise, or (with `address`) of registrations at an address. */
export function finding(words: FindingWords): Finding {
  const { at, kind = 'open', alert = 'surge-1', level = 'orange', observed = 6, enterprise = HOT_POT } = words
  const registrations = words.address !== undefined
  const last = words.lastEvent ?? MONDAY + at * 60_000
  const counties = words.counties ?? ['140105']
  return {
    kind,
    alertId: alert,
    detector: registrations ? 'same-address-registrations' : 'complaint-surge',
    detectorVersion: 1,
    code: registrations ? 'REG-01' : 'CMP-01',
    key: registrations ? { kind: 'address', key: words.address ?? '' } : { kind: 'enterprise', key: enterprise },
    anchor: { source: '/sx/12315', id: `anchor-${alert}` },
    level,
    title: registrations
      ? { zh: '一址多企', en: 'Many enterprises at one address' }
      : { zh: '投诉激增', en: 'Complaint surge' },
    summary: { zh: `7天内${observed}人投诉`, en: `${observed} complainants within 7 days` },
    evidence: {
      observed,
      expected: 0.5,
      threshold: 5,
      probability: 0.0001,
      from: last - 7 * DAY_MS,
      to: last,
      series: [[last - DAY_MS, observed]],
      reason: 'surge',
      events: words.events ?? [{ seq: at, index: 0 }],
      eventsTotal: words.events?.length ?? 1,
      position: { epoch: words.epoch ?? EPOCH, seq: at, index: 0 },
    },
    parameters: { minimum: 5 },
    parametersVersion: 0,
    due: null,
    firstEventTime: MONDAY,
    lastEventTime: last,
    region: counties[0] ?? '140105',
    regions: counties,
    industry: '6210',
    enterprises: registrations ? [HOT_POT, NOODLES] : [enterprise],
    historic: words.historic ?? false,
    test: words.test ?? false,
    logTime: words.logTime ?? last,
    ...(words.correction && { correction: words.correction }),
  }
}

/** The event at a place of the log, as a resolver would give it. */
export function eventAt(seq: number, index: number, data: Record<string, unknown> = {}): LoggedEvent {
  return {
    source: '/sx/12315',
    id: `event-${seq}.${index}`,
    type: 'complaint.filed',
    subject: HOT_POT,
    time: MONDAY,
    region: '140105',
    regionOriginal: '',
    industry: '6210',
    backfill: false,
    test: false,
    retracts: '',
    data,
    position: { epoch: EPOCH, seq, index },
    receivedAt: MONDAY,
    register: {},
    keys: [],
  }
}
