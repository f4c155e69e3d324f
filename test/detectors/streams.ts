import fc from 'fast-check'
import { detectors } from '../../detectors/index.ts'
import type { AllowListEntry } from '../../src/model/allow-list.ts'
import { businessDay, DAY_MS, formatDay, HOUR_MS } from '../../src/model/time.ts'
import { type Told, time } from '../detect/log.ts'

export const START = time('2026-03-01T00:00')
const CODES = ['91140105MA0K2914XG', '91140171MA0K17771B', '91140212MA0K6317XG'] as const
const ADDRESSES = ['a1', 'a2', 'a3'].map((start) => start.padEnd(34, '0'))

/** What arrives: event time as day and hour after START, how many days after it becomes known, and the event itself. */
export interface Arrival {
  readonly day: number
  readonly hour: number
  readonly delay: number
  readonly event: Omit<Told, 'at' | 'receivedAt'>
}

const complaint = fc.record({
  subject: fc.constantFrom(...CODES),
  member: fc.option(fc.constantFrom('p1a', 'p1b', 'p1c', 'p1d', 'p1e', 'p1f'), { nil: undefined }),
  region: fc.constantFrom('140105', '140106'),
})

const person = fc.constantFrom('甲', '乙', '丙').map((key) => ({ name: '王**', key, strength: 'strong' }))
const changeOf = {
  legalRepresentative: fc
    .record({ before: person, after: person })
    .map((change) => ({ field: 'legalRepresentative', ...change })),
  shareholders: fc.record({ before: person, after: person, moved: fc.constantFrom(0.1, 0.35, 1) }).map((o) => ({
    field: 'shareholders',
    before: [{ holder: o.before, ratio: 1 }],
    after: [
      { holder: o.before, ratio: 1 - o.moved },
      { holder: o.after, ratio: o.moved },
    ],
  })),
  address: fc
    .constantFrom('长治路105号', '学府街8号')
    .map((after) => ({ field: 'address', before: '并州路1号', after })),
}

/** Changes of such fields, one to three in one event. */
function changed(...fields: readonly (keyof typeof changeOf)[]): fc.Arbitrary<Arrival['event']> {
  const changes = fc.array(fc.oneof(...fields.map((field) => changeOf[field])), { minLength: 1, maxLength: 3 })
  return fc.record({ subject: fc.constantFrom(...CODES), changes }).map(({ subject, changes }) => ({
    type: 'enterprise.changed',
    subject,
    data: { changes },
  }))
}

/** One type of event about a few enterprises; what is in its `data` is drawn. */
function byEnterprise(
  type: string,
  data: Readonly<Record<string, fc.Arbitrary<unknown>>>,
): fc.Arbitrary<Arrival['event']> {
  return fc.record({ type: fc.constant(type), subject: fc.constantFrom(...CODES), data: fc.record(data) })
}

const penalty = fc.record({
  subject: fc.constantFrom(...CODES),
  decision: fc.constantFrom('1号', '2号', '3号', '4号'),
  due: fc.integer({ min: 0, max: 150 }).map((day) => formatDay(businessDay(START) + day)),
})

const arrivalAtAddress = fc.record({
  address: fc.constantFrom(...ADDRESSES),
  enterprise: fc.integer({ min: 0, max: 40 }),
})

/** For each detector: events that make it judge, arrivals only where it has stock (DESIGN 15 leaves departures out). */
export const GROWING: Readonly<Record<string, fc.Arbitrary<Arrival['event']>>> = {
  'complaint-surge': complaint.map(({ subject, member, region }) => ({
    type: 'complaint.filed',
    subject,
    region,
    data: member === undefined ? {} : { complainant: { key: member, strength: 'strong' } },
  })),
  'same-address-registrations': arrivalAtAddress.map(({ address, enterprise }) => ({
    type: 'enterprise.registered',
    subject: code(enterprise),
    register: { joined: { address, addressKind: 'ordinary' } },
  })),
  'frequent-representative-change': changed('legalRepresentative', 'address'),
  'triple-change': changed('legalRepresentative', 'shareholders', 'address'),
  'penalty-unsettled': penalty.map(({ subject, decision, due }) => ({
    type: 'penalty.imposed',
    subject,
    data: { decision, due },
  })),
  'online-trade-violations': byEnterprise('trade.violated', { platform: fc.constantFrom('甲平台', '乙平台') }),
  template: byEnterprise('contact.failed', { channel: fc.constantFrom('phone', 'mail') }),
}

/** The same and what takes away again. */
export const ALL: Readonly<Record<string, fc.Arbitrary<Arrival['event']>>> = {
  ...GROWING,
  'penalty-unsettled': fc
    .tuple(penalty, fc.constantFrom('imposed', 'imposed', 'settled'))
    .map(([{ subject, decision, due }, how]) => ({ type: `penalty.${how}`, subject, data: { decision, due } })),
  'same-address-registrations': fc
    .tuple(arrivalAtAddress, fc.constantFrom(true, true, true, false))
    .map(([{ address, enterprise }, arrives]) =>
      arrives
        ? {
            type: 'enterprise.registered',
            subject: code(enterprise),
            register: { joined: { address, addressKind: 'ordinary' } },
          }
        : {
            type: 'enterprise.deregistered',
            subject: code(enterprise),
            register: { left: { address, addressKind: 'ordinary' } },
          },
    ),
}

function code(enterprise: number): string {
  return `91140105MA0K${String(enterprise).padStart(4, '0')}XG`
}

/** Streams dense enough that detectors speak: bursts of a few days, mostly known soon, some late, some too late. */
export function stream(event: fc.Arbitrary<Arrival['event']>, latest: number): fc.Arbitrary<Arrival[]> {
  const arrival = fc.record({
    day: fc.oneof(fc.integer({ min: 92, max: 98 }), fc.integer({ min: 0, max: 180 })),
    hour: fc.integer({ min: 0, max: 23 }),
    delay: fc.integer({ min: 0, max: latest }),
    event,
  })
  return fc.array(arrival, { minLength: 10, maxLength: 120, size: 'max' })
}

/** In the order they become known: by day of arrival, within one day as drawn. */
export function byArrival(arrivals: readonly Arrival[]): Arrival[] {
  return [...arrivals].sort((a, b) => a.day + a.delay - b.day - b.delay)
}

export function told({ day, hour, event }: Arrival, more: Partial<Told> = {}): Told {
  return { ...event, at: START + day * DAY_MS + hour * HOUR_MS, ...more } as Told
}

/** Allow-lists over the keys of the streams, for one detector or all, that run out while events still come or never. */
export const allowList: fc.Arbitrary<AllowListEntry[]> = fc.array(
  fc
    .record({
      on: fc.constantFrom(
        ...CODES.map((key) => ({ kind: 'enterprise' as const, key })),
        ...ADDRESSES.map((key) => ({ kind: 'address' as const, key })),
      ),
      detector: fc.constantFrom(null, null, ...detectors.map(({ id }) => id)),
      until: fc.integer({ min: 0, max: 260 }).map((day) => START + day * DAY_MS),
    })
    .map(({ on, detector, until }) => ({ ...on, detector, owner: '登记科', reason: '集群注册地址', until })),
  { maxLength: 4 },
)
