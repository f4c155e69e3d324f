import { defineDetector, type Touch } from '../../src/detect/contract.ts'
import { daily, type ExampleEvent } from '../../src/detect/example.ts'
import type { EnterpriseKeys } from '../../src/model/event.ts'

/** Types by which an enterprise gets an address; by the others it can only come back to life there or leave. */
const MOVING_IN = ['enterprise.registered', 'enterprise.changed', 'enterprise.moved']

/** The room of the examples. */
const ADDRESS = 'a1000102030405060708090a0b0c0d0e0f'

/** REG-01 一址多企: one address fills with enterprises. */
export const sameAddressRegistrations = defineDetector({
  id: 'same-address-registrations',
  code: 'REG-01',
  version: 1,
  title: { zh: '一址多企', en: 'Many enterprises at one address' },
  why: {
    zh: '短期内大量企业登记在同一住所，往往是冒用地址、空壳企业或代理批量注册；实地核查可及早发现。',
    en: 'Many enterprises registered at one address within weeks often mean a borrowed address, shells or batch registration by an agent. A visit finds out early.',
  },
  falsePositives: [
    {
      zh: '集群注册地址、园区、商务秘书公司（登记为集群或园区的不计）',
      en: 'Cluster and park addresses, secretarial firms (those registered as such do not count)',
    },
    { zh: '新开业商场、写字楼只登记到楼号', en: 'A new mall or office block whose addresses stop at the building' },
  ],
  keyKind: 'address',
  latenessDays: {
    'enterprise.registered': 7,
    'enterprise.changed': 7,
    'enterprise.moved': 7,
    'enterprise.dormant': 7,
    'enterprise.resumed': 7,
    'enterprise.deregistered': 7,
    'enterprise.revoked': 7,
    'registration.cancelled': 7,
  },
  parameters: {
    recent: {
      title: { zh: '30日内新登记或迁入企业数', en: 'Enterprises registered or moved in within 30 days' },
      unit: 'enterprises',
      default: 5,
      minimum: 2,
      maximum: 10_000,
      whole: true,
    },
    stock: {
      title: { zh: '存续企业数', en: 'Living enterprises' },
      unit: 'enterprises',
      default: 10,
      minimum: 2,
      maximum: 100_000,
      whole: true,
    },
    red: {
      title: { zh: '任一数达到即为红色', en: 'Red when either reaches' },
      unit: 'enterprises',
      default: 20,
      minimum: 2,
      maximum: 100_000,
      whole: true,
    },
  },
  windows: { recent: { days: 30, distinct: true } },
  stock: true,

  /** The address an enterprise got and the one it lost, as the register saw it. Cluster and park addresses are exempt. */
  keys(event) {
    const touches: Touch[] = []
    const { joined, left } = event.register
    if (joined?.address !== undefined && !isExempt(joined)) {
      const touch = { key: joined.address, member: event.subject, stock: 1 } as const
      touches.push(MOVING_IN.includes(event.type) ? touch : { ...touch, counts: false })
    }
    if (left?.address !== undefined && !isExempt(left)) touches.push({ key: left.address, stock: -1, counts: false })
    return touches
  },

  /** Of the two counts the one that reached the higher level speaks; of equals, the newcomers. */
  verdict({ windows, stock }, parameters) {
    const recent = windows.recent.members
    const common = { expected: null, probability: null, window: 'recent' } as const
    if (recent >= parameters.red)
      return { ...common, level: 'red', observed: recent, threshold: parameters.red, reason: 'recent' }
    if (stock >= parameters.red)
      return { ...common, level: 'red', observed: stock, threshold: parameters.red, reason: 'stock' }
    if (recent >= parameters.recent)
      return { ...common, level: 'orange', observed: recent, threshold: parameters.recent, reason: 'recent' }
    const level = stock >= parameters.stock ? 'orange' : null
    if (level !== null) return { ...common, level, observed: stock, threshold: parameters.stock, reason: 'stock' }
    return { ...common, level, observed: recent, threshold: parameters.recent, reason: 'recent' }
  },

  /** Registrations and moves of each of the 30 days. */
  series: (view) => view.series(1, 30),

  sentence(_, { windows, stock }, parameters) {
    const recent = windows.recent.members
    return {
      zh: `同一地址近30日新登记或迁入${recent}户企业（阈值${parameters.recent}户），现有存续企业${stock}户（阈值${parameters.stock}户）`,
      en: `${recent} enterprises registered at or moved into one address in the last 30 days (threshold ${parameters.recent}); ${stock} are living there now (threshold ${parameters.stock})`,
    }
  },

  examples: {
    fire: [
      {
        name: 'five enterprises register in one room within five days',
        given: registrations('2026-11-16', 5),
        expect: {
          level: 'orange',
          observed: 5,
          threshold: 5,
          says: '同一地址近30日新登记或迁入5户企业（阈值5户），现有存续企业5户（阈值10户）',
        },
      },
      {
        name: 'one a month, until ten live there',
        given: Array.from({ length: 10 }, (_, month) =>
          registrations(`20${25 + Math.floor(month / 12)}-${two(month + 1)}-01`, 1, month),
        ).flat(),
        expect: {
          level: 'orange',
          observed: 10,
          threshold: 10,
          says: '同一地址近30日新登记或迁入1户企业（阈值5户），现有存续企业10户（阈值10户）',
        },
      },
      {
        name: 'twenty in twenty days',
        given: registrations('2026-11-01', 20),
        expect: {
          level: 'red',
          observed: 20,
          threshold: 20,
          says: '同一地址近30日新登记或迁入20户企业（阈值5户），现有存续企业20户（阈值10户）',
        },
      },
      {
        name: 'three newcomers and two that change their address to the room',
        given: [
          ...registrations('2026-11-16', 3),
          ...registrations('2026-11-19', 2, 3).map((event) => ({ ...event, type: 'enterprise.changed' })),
        ],
        expect: {
          level: 'orange',
          observed: 5,
          threshold: 5,
          says: '同一地址近30日新登记或迁入5户企业（阈值5户），现有存续企业5户（阈值10户）',
        },
      },
    ],
    quiet: [
      { name: 'four newcomers', given: registrations('2026-11-16', 4) },
      {
        name: 'twelve in an incubator registered as a cluster address',
        given: registrations('2026-11-01', 12, 0, 'cluster'),
      },
      {
        name: 'one enterprise that moves out and in again',
        given: registrations('2026-11-01', 6).map((event) => ({ ...event, subject: codeOf(0) })),
      },
      {
        name: 'never ten at once: one leaves each time one comes',
        given: Array.from({ length: 9 }, (_, month) => registrations(`2026-${two(month + 1)}-01`, 1, month))
          .flat()
          .concat(departure('2026-09-15', 0), registrations('2026-10-20', 1, 9)),
      },
    ],
  },
})

function isExempt({ addressKind }: EnterpriseKeys): boolean {
  return addressKind === 'cluster' || addressKind === 'park'
}

/** Made-up codes that differ in the organisation code. */
function codeOf(n: number): string {
  return `91140105MA0K${String(n).padStart(4, '0')}XG`
}

function two(n: number): string {
  return String(n).padStart(2, '0')
}

/** One registration a day at the same address. */
function registrations(
  from: string,
  count: number,
  first = 0,
  addressKind: EnterpriseKeys['addressKind'] = 'ordinary',
): ExampleEvent[] {
  return daily(from, count, (n) => ({
    type: 'enterprise.registered',
    subject: codeOf(first + n),
    register: { joined: { address: ADDRESS, addressKind } },
  }))
}

function departure(at: string, n: number): ExampleEvent {
  return {
    type: 'enterprise.deregistered',
    at,
    subject: codeOf(n),
    register: { left: { address: ADDRESS, addressKind: 'ordinary' } },
  }
}
