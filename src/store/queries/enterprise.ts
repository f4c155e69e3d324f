import { setTimeout as sleep } from 'node:timers/promises'
import type { ClickHouseClient } from '@clickhouse/client'
import type { AddressKind, EnterpriseStatus } from '../../model/event.ts'
import type { PseudonymousContact, PseudonymousPerson } from '../../model/person.ts'
import { formatTime } from '../../model/time.ts'

/** What the events told of an enterprise, newest by event time; what none told is null. Times in +08:00. */
export interface EnterpriseRecord {
  readonly code: string
  readonly name: string | null
  /** Type code of the register. */
  readonly kind: string | null
  readonly status: EnterpriseStatus | null
  /** County of the present jurisdiction, and GB/T 4754 digits. */
  readonly region: string
  readonly industry: string | null
  /** Yuan. */
  readonly capital: number | null
  readonly paidIn: number | null
  readonly address: string | null
  readonly addressKind: AddressKind | null
  readonly legalRepresentative: PseudonymousPerson | null
  readonly shareholders: readonly unknown[] | null
  readonly phone: PseudonymousContact | null
  readonly email: PseudonymousContact | null
  readonly agent: { readonly name?: string; readonly key: string } | null
  readonly scope: string | null
  readonly stateOwned: boolean | null
  readonly registeredAt: string | null
  /** Events stored that name it, corrected ones included, and the event times of the first and the last. */
  readonly events: number
  readonly firstEventAt: string
  readonly lastEventAt: string
}

const FIELDS = `
SELECT field, argMaxMerge(value) AS value
FROM enterprise_fields
WHERE subject = {code:String}
GROUP BY field`

/** Events of an enterprise that were withdrawn, replaced or attributed elsewhere. */
const CORRECTED = `
SELECT DISTINCT JSONExtractString(register, 'corrects', 'of')
FROM
(
    SELECT register FROM events WHERE subject = {code:String} AND retracts != ''
    UNION ALL
    SELECT register FROM events
    WHERE (subject, time_ms, log_epoch, seq, idx) IN
      (SELECT subject, time_ms, log_epoch, seq, idx FROM event_keys WHERE kind = 'enterprise' AND key = {code:String})
)
WHERE JSONHas(register, 'corrects')`

const FIELDS_THAT_STAND = `
SELECT field, argMax(value, (time_ms, received_ms, seq, idx)) AS value
FROM told_fields(code = {code:String})
WHERE NOT has({corrected:Array(UInt128)}, id_hash)
GROUP BY field`

/** Where it belongs its registration says; what others report of it says only where it was seen. */
const EVENTS = `
SELECT count(), min(time_ms), max(time_ms),
       argMaxIf(industry, (time_ms, received_ms, seq, idx), industry != '' AND NOT has({corrected:Array(UInt128)}, id_hash)),
       argMaxIf(region, (time_ms, received_ms, seq, idx), 
                NOT startsWith(type, 'enterprise.') AND NOT has({corrected:Array(UInt128)}, id_hash)),
       countIf(startsWith(type, 'enterprise.'))
FROM events
WHERE subject = {code:String}`

const NAMES = `
SELECT subject, argMaxMerge(value) AS value
FROM enterprise_fields
WHERE subject IN {codes:Array(String)} AND field = 'name'
GROUP BY subject`

/** An insert shows its events a moment before what they tell of the record: how often that moment is waited for. */
const LOOKS = 20
const LOOK_AGAIN_MS = 50

/** The present record of an enterprise; null when no event names it. */
export async function enterprise(client: ClickHouseClient, code: string): Promise<EnterpriseRecord | null> {
  let corrected: bigint[] = []
  const ask = (query: string) =>
    client.query({ query, query_params: { code, corrected }, format: 'JSONCompactEachRow' })
  corrected = (await (await ask(CORRECTED)).json<[string]>()).map(([of]) => BigInt(of))
  const events = await ask(EVENTS)
  const [row] = await events.json<[number, number, number, string, string, number]>()
  const [count = 0, first = 0, last = 0, industry = '', seenIn = '', ofRegister = 0] = row ?? []
  if (count === 0) return null
  let told = new Map<string, string>()
  for (let look = 0; look < LOOKS; look += 1) {
    told = new Map(await (await ask(corrected.length === 0 ? FIELDS : FIELDS_THAT_STAND)).json<[string, string]>())
    if (told.size > 0 || corrected.length > 0 || ofRegister === 0) break
    await sleep(LOOK_AGAIN_MS)
  }
  const value = <T>(field: string): T | null => {
    const json = told.get(field)
    return json === undefined || json === '' ? null : (JSON.parse(json) as T)
  }
  const registeredMs = value<number>('registeredAt')
  return {
    code,
    name: value('name'),
    kind: value('kind'),
    status: value('status'),
    region: value('region') ?? seenIn,
    industry: industry === '' ? null : industry,
    capital: value('capital'),
    paidIn: value('paidIn'),
    address: value('address'),
    addressKind: value('addressKind'),
    legalRepresentative: value('legalRepresentative'),
    shareholders: value('shareholders'),
    phone: value('phone'),
    email: value('email'),
    agent: value('agent'),
    scope: value('scope'),
    stateOwned: value('stateOwned'),
    registeredAt: registeredMs === null ? null : formatTime(registeredMs),
    events: count,
    firstEventAt: formatTime(first),
    lastEventAt: formatTime(last),
  }
}

/** The present names of enterprises by their codes; absent when no registration told it. */
export async function enterpriseNames(
  client: ClickHouseClient,
  codes: readonly string[],
): Promise<Map<string, string>> {
  const query_params = { codes: [...new Set(codes)] }
  const answer = await client.query({ query: NAMES, query_params, format: 'JSONCompactEachRow' })
  const rows = await answer.json<[string, string]>()
  return new Map(rows.map(([code, name]) => [code, JSON.parse(name) as string]))
}
