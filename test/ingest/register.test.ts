import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { EnterpriseRecord } from '../../src/ingest/writer/enterprise-record.ts'
import { Register } from '../../src/ingest/writer/register.ts'
import { RegisterTable } from '../../src/ingest/writer/register-table.ts'
import { touchedKeys } from '../../src/ingest/writer/touched-keys.ts'
import { addressKey } from '../../src/model/address.ts'
import type { CanonicalEvent, RegisterFacts } from '../../src/model/event.ts'
import { canonical, code } from './setting.ts'

const hex = (n: number) => n.toString(16).padStart(32, '0')
const personKey = (n: number) => `p1${hex(n + 1)}`
const strong = (n: number) => ({ name: '王*', key: personKey(n), strength: 'strong' })
const phone = (n: number) => ({ masked: '138****0000', key: `p1${hex(n + 1_000)}` })
const address = (n: number) => `长治路${n}号`
const at = (n: number, region = '140105') => addressKey(region, address(n))

/** Follows events and gives what was told with each. */
function world() {
  const register = new Register()
  return {
    register,
    tell(type: string, data: Record<string, unknown> = {}, more: Partial<CanonicalEvent> = {}): RegisterFacts {
      const event = canonical({ type, data, subject: code(1), ...more })
      const { facts } = register.foresee(event)
      register.apply(event)
      return facts
    },
  }
}

const registered = (n: number) => ({
  name: 'x',
  kind: '1130',
  capital: 1,
  address: address(n),
  legalRepresentative: strong(n),
  phone: phone(n),
  agent: { name: 'a', key: `p1${hex(7)}` },
})
const moveTo = (n: number) => ({ changes: [{ field: 'address', before: address(0), after: address(n) }] })

describe('the register', () => {
  it('tells who came, who is there, and who left', () => {
    const { tell } = world()
    const keys = {
      address: at(1),
      addressKind: 'ordinary',
      representative: personKey(1),
      phone: phone(1).key,
      agent: `p1${hex(7)}`,
    }
    expect(tell('enterprise.registered', registered(1))).toEqual({
      now: keys,
      joined: keys,
      status: 'living',
      kind: '1130',
    })
    expect(tell('complaint.filed', {}, { industry: '6210' })).toEqual({
      now: keys,
      status: 'living',
      kind: '1130',
      industry: '6210',
    })
    expect(tell('enterprise.changed', moveTo(2))).toMatchObject({
      now: { address: at(2) },
      joined: { address: at(2), addressKind: 'ordinary' },
      left: { address: at(1) },
    })
    const exit = tell('enterprise.deregistered')
    expect(exit).toMatchObject({ status: 'deregistered', left: { address: at(2), representative: personKey(1) } })
    expect(exit).not.toHaveProperty('now')
    expect(tell('complaint.filed')).toEqual({ status: 'deregistered', kind: '1130', industry: '6210' })
  })

  it('registered twice at one address joins once', () => {
    const { tell } = world()
    tell('enterprise.registered', registered(1))
    expect(tell('enterprise.registered', registered(1))).not.toHaveProperty('joined')
    expect(tell('enterprise.registered', registered(2))).toMatchObject({
      joined: { address: at(2) },
      left: { address: at(1) },
    })
  })

  it('left twice leaves once, and back again joins again', () => {
    const { tell } = world()
    tell('enterprise.registered', registered(1))
    expect(tell('enterprise.revoked')).toHaveProperty('left')
    expect(tell('enterprise.deregistered')).not.toHaveProperty('left')
    expect(tell('enterprise.resumed')).toMatchObject({ status: 'living', joined: { address: at(1) } })
  })

  it('stays where it is while dormant', () => {
    const { tell } = world()
    tell('enterprise.registered', registered(1))
    expect(tell('enterprise.dormant')).not.toHaveProperty('left')
    expect(tell('enterprise.resumed')).not.toHaveProperty('joined')
  })

  it('leaves the address on a move over the border, wherever the new address is told', () => {
    const before = world()
    before.tell('enterprise.registered', registered(1))
    expect(before.tell('enterprise.moved', { from: '140105', to: '140106' })).toMatchObject({
      left: { address: at(1) },
    })
    expect(before.tell('enterprise.changed', moveTo(2), { region: '140106' })).toMatchObject({
      joined: { address: at(2, '140106') },
    })
    const after = world()
    after.tell('enterprise.registered', registered(1))
    expect(after.tell('enterprise.changed', moveTo(2), { region: '140106' })).toMatchObject({
      left: { address: at(1) },
      joined: { address: at(2, '140106') },
    })
    const moved = after.tell('enterprise.moved', { from: '140105', to: '140106' })
    expect(moved).not.toHaveProperty('left')
    expect(moved.now?.address).toBe(at(2, '140106'))
  })

  it('leaves the province and comes back', () => {
    const { tell } = world()
    tell('enterprise.registered', registered(1))
    expect(tell('enterprise.moved', { from: '140105', to: 'outside' })).toMatchObject({
      status: 'moved-out',
      left: { address: at(1) },
    })
    expect(tell('enterprise.moved', { from: 'outside', to: '140105' })).toMatchObject({
      status: 'living',
      joined: { address: at(1) },
    })
  })

  it('takes no departure from an address it never saw occupied', () => {
    const { tell } = world()
    expect(tell('enterprise.changed', moveTo(2))).toMatchObject({ joined: { address: at(2) } })
    expect(world().tell('enterprise.changed', moveTo(2))).not.toHaveProperty('left')
    expect(world().tell('complaint.filed')).toEqual({})
  })

  it('holds strong persons alone', () => {
    const { tell } = world()
    const weak = { ...registered(1), legalRepresentative: { ...strong(1), strength: 'weak' } }
    expect(tell('enterprise.registered', weak).joined).not.toHaveProperty('representative')
    expect(
      tell('enterprise.changed', { changes: [{ field: 'legalRepresentative', before: strong(1), after: strong(2) }] }),
    ).toMatchObject({ joined: { representative: personKey(2) } })
    expect(
      tell('enterprise.changed', { changes: [{ field: 'phone', before: phone(1), after: phone(3) }] }),
    ).toMatchObject({ joined: { phone: phone(3).key }, left: { phone: phone(1).key } })
  })

  it('keeps the stock of every address as a naive count does', () => {
    const type = fc.constantFrom(
      'enterprise.registered',
      'enterprise.changed',
      'enterprise.deregistered',
      'enterprise.revoked',
      'enterprise.resumed',
      'enterprise.dormant',
      'registration.cancelled',
      'complaint.filed',
    )
    const steps = fc.array(fc.record({ type, enterprise: fc.nat(5), place: fc.nat(3) }), { maxLength: 80 })
    fc.assert(
      fc.property(steps, (taken) => {
        const { tell } = world()
        const stock = new Map<string, number>()
        const where = new Map<number, { place: number | null; present: boolean }>()
        for (const { type, enterprise, place } of taken) {
          const data =
            type === 'enterprise.registered' ? registered(place) : type === 'enterprise.changed' ? moveTo(place) : {}
          const facts = tell(type, data, { subject: code(enterprise) })
          for (const [key, change] of [
            [facts.joined?.address, 1],
            [facts.left?.address, -1],
          ] as const) {
            if (key !== undefined) stock.set(key, (stock.get(key) ?? 0) + change)
          }
          const known = where.get(enterprise) ?? { place: null, present: true }
          if (type === 'enterprise.registered') where.set(enterprise, { place, present: true })
          else if (type === 'enterprise.changed') where.set(enterprise, { ...known, place })
          else if (type === 'enterprise.resumed' || type === 'enterprise.dormant')
            where.set(enterprise, { ...known, present: true })
          else if (type !== 'complaint.filed') where.set(enterprise, { ...known, present: false })
        }
        for (let place = 0; place <= 3; place += 1) {
          const there = [...where.values()].filter((known) => known.present && known.place === place).length
          expect(stock.get(at(place) ?? '') ?? 0).toBe(there)
        }
      }),
      { numRuns: 300 },
    )
  })
})

describe('its records', () => {
  const key = fc.option(
    fc.bigInt(1n, (1n << 128n) - 1n).map((n) => n.toString(16).padStart(32, '0')),
    { nil: undefined },
  )
  const record = fc
    .record({
      address: key,
      addressKind: fc.constantFrom('ordinary', 'cluster', 'park', 'residential', undefined),
      representative: key,
      phone: key,
      agent: key,
      status: fc.constantFrom('living', 'dormant', 'revoked', 'deregistered', 'cancelled', 'moved-out'),
      region: fc.constantFrom('140105', '141182'),
      kind: fc.constantFrom('', '1130', '2150'),
      industry: fc.constantFrom('', '01', '62', '621', '0111', '6210'),
      registeredDay: fc.option(fc.integer({ min: -7_000, max: 40_000 })),
      changedDay: fc.integer({ min: -7_000, max: 40_000 }),
    })
    .map((value) => {
      const prefixed = {
        ...value,
        address: value.address && `a1${value.address}`,
        representative: value.representative && `p1${value.representative}`,
        phone: value.phone && `p1${value.phone}`,
        agent: value.agent && `p1${value.agent}`,
      }
      return Object.fromEntries(
        Object.entries(prefixed).filter(([, member]) => member !== undefined),
      ) as unknown as EnterpriseRecord
    })

  it('come back as they were put, as from a plain map, with what was rolled back gone', () => {
    const steps = fc.array(
      fc.record({ number: fc.nat(60), record, after: fc.constantFrom('commit', 'rollback', 'go on') }),
      { maxLength: 150 },
    )
    fc.assert(
      fc.property(steps, (taken) => {
        const table = new RegisterTable()
        let committed = new Map<string, EnterpriseRecord>()
        let current = new Map<string, EnterpriseRecord>()
        for (const { number, record: value, after } of taken) {
          table.set(code(number), value)
          current.set(code(number), value)
          if (after === 'commit') {
            table.commit()
            committed = new Map(current)
          }
          if (after === 'rollback') {
            table.rollback()
            current = new Map(committed)
          }
        }
        for (let number = 0; number <= 60; number += 1)
          expect(table.get(code(number))).toEqual(current.get(code(number)) ?? null)
        expect(new Set(table.codes())).toEqual(new Set(current.keys()))
      }),
      { numRuns: 60 },
    )
  })

  it('take at most 96 bytes each', () => {
    const table = new RegisterTable()
    const { register } = world()
    register.apply(canonical({ type: 'enterprise.registered', data: registered(1) }))
    for (const packed of register.table.image()) expect(packed.byteLength).toBeLessThanOrEqual(96)
    for (let number = 0; number < 20_000; number += 1)
      table.set(code(number), {
        status: 'living',
        region: '140105',
        kind: '',
        industry: '',
        registeredDay: null,
        changedDay: 0,
      })
    expect(table.size).toBe(20_000)
    expect(table.get(code(19_999))).not.toBeNull()
    expect(table.get(code(20_001))).toBeNull()
  })
})

describe('keys touched', () => {
  it('are those that came, those that left, and those in the data, each once', () => {
    const event = canonical({
      type: 'enterprise.changed',
      data: {
        changes: [
          { field: 'address', before: address(1), after: address(2) },
          { field: 'legalRepresentative', before: strong(1), after: { ...strong(2), strength: 'medium' } },
        ],
      },
    })
    const keys = touchedKeys(event, { left: { address: at(1) ?? '' }, joined: { address: at(2) ?? '' } })
    expect(keys).toEqual([
      ['address', at(1)],
      ['address', at(2)],
      ['person', personKey(1)],
    ])
    expect(touchedKeys(canonical({ type: 'equipment.fault', data: { code: 'E1' } }), {})).toEqual([['equipment', 'E1']])
  })
})
