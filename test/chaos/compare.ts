import { type ClickHouseClient, createClient } from '@clickhouse/client'
import type { Alert, StoredAlert } from '../../src/model/alert.ts'
import type { EventRef } from '../../src/model/event.ts'
import type { Offline } from './offline.ts'

const SHOWN = 5

/** The first few of many, and how many more. */
function some(what: string, all: readonly string[]): string[] {
  if (all.length <= SHOWN) return all.map((one) => `${what}: ${one}`)
  return [...all.slice(0, SHOWN).map((one) => `${what}: ${one}`), `${what}: ${all.length - SHOWN} more`]
}

/** Every event that was taken is in the log exactly once, and nothing else is. `made`: highest number by source. */
export function compareLog(offline: Offline, made: ReadonlyMap<string, number>): string[] {
  const found: string[] = []
  for (const [source, ids] of offline.ids)
    if (!made.has(source)) found.push(`${source} was never taken, ${ids.distinct()} found`)
  for (const [source, count] of made) {
    for (let number = 1; number <= count; number++) {
      const times = offline.ids.get(source)?.times(number) ?? 0
      if (times !== 1) found.push(`${source} ${number} is there ${times} times`)
    }
    const distinct = offline.ids.get(source)?.distinct() ?? 0
    if (distinct > count) found.push(`${source}: ${distinct} ids of ${count} that were sent`)
  }
  return some('log', found)
}

/** ClickHouse holds what the log holds, each once, in every table. `refused`: rows left out, by sequence. */
export async function compareStore(
  offline: Offline,
  clickhouseUrl: string,
  refused: ReadonlyMap<number, number>,
): Promise<string[]> {
  const url = new URL(clickhouseUrl)
  const [username, password] = [decodeURIComponent(url.username), decodeURIComponent(url.password)]
  url.username = ''
  url.password = ''
  const client = createClient({ url: url.toString(), username, password })
  try {
    return some('store', [
      ...(await compareEvents(client, offline, refused)),
      ...(await compareDependents(client, offline)),
      ...(await compareControls(client, offline)),
    ])
  } finally {
    await client.close()
  }
}

async function ask<T>(client: ClickHouseClient, query: string): Promise<T[]> {
  const answer = await client.query({ query, format: 'JSONCompactEachRow' })
  return answer.json<T>()
}

async function compareEvents(
  client: ClickHouseClient,
  offline: Offline,
  refused: ReadonlyMap<number, number>,
): Promise<string[]> {
  const found: string[] = []
  const rows = await ask<[string, string, string, string, string]>(
    client,
    `SELECT toString(seq), toString(count()), toString(uniqExact(idx)), toString(groupBitXor(id_hash)),
            toString(groupBitXor(content_hash)) FROM events GROUP BY seq`,
  )
  const stored = new Map(rows.map(([seq, ...sums]) => [Number(seq), sums]))
  for (const [seq, sum] of offline.messages) {
    const [count = '0', distinct = '0', ids = '0', contents = '0'] = stored.get(seq) ?? []
    stored.delete(seq)
    const due = sum.rows - (refused.get(seq) ?? 0)
    if (Number(count) !== due || Number(distinct) !== due)
      found.push(`message ${seq} has ${due} rows to store, ${count} (${distinct} distinct) are there`)
    else if (!refused.has(seq) && (BigInt(ids) !== sum.ids || BigInt(contents) !== sum.contents))
      found.push(`message ${seq} is stored with other ids or contents`)
  }
  for (const [seq, [count]] of stored) found.push(`message ${seq} is not in the log, ${count} rows of it are stored`)
  return found
}

/** The tables that ClickHouse fills by itself hold each stored event once. */
async function compareDependents(client: ClickHouseClient, offline: Offline): Promise<string[]> {
  const found: string[] = []
  for (const [table, each] of [
    ['event_positions', '1'],
    ['event_ids', '1'],
    ['event_keys', 'length(keys)'],
  ]) {
    const rows = await ask<[number, number, number]>(
      client,
      `SELECT toUInt32(seq), toUInt32(sum(due)), toUInt32(sum(there)) FROM (
         SELECT seq, sum(${each}) AS due, 0 AS there FROM events GROUP BY seq
         UNION ALL SELECT seq, 0 AS due, count() AS there FROM ${table} GROUP BY seq
       ) GROUP BY seq HAVING sum(due) != sum(there)`,
    )
    for (const [seq, due, there] of rows) found.push(`${table}: message ${seq} has ${there} rows for ${due}`)
  }
  const [foreign] = await ask<[number]>(client, `SELECT toUInt32(countIf(log_epoch != '${offline.epoch}')) FROM events`)
  if (foreign?.[0] !== 0) found.push(`${foreign?.[0]} rows are of another log`)
  return found
}

async function compareControls(client: ClickHouseClient, offline: Offline): Promise<string[]> {
  const rows = await ask<[number, number]>(
    client,
    'SELECT toUInt32(seq), toUInt32(count()) FROM control_entries GROUP BY seq',
  )
  const stored = new Map(rows)
  return [...new Set([...stored.keys(), ...offline.controls])].flatMap((seq) => {
    const times = stored.get(seq) ?? 0
    return times === (offline.controls.has(seq) ? 1 : 0) ? [] : [`control entry ${seq} is stored ${times} times`]
  })
}

/** The alerts of the service are those of the offline pass, in everything that follows from the log. */
export function compareAlerts(offline: Offline, alerts: readonly Alert[]): string[] {
  const found: string[] = []
  const seen = new Map(alerts.map((alert) => [alert.id, alert]))
  for (const [id, expected] of offline.alerts) {
    const alert = seen.get(id)
    if (alert === undefined) found.push(`${id} (${expected.code}, ${expected.subject.key}) is missing`)
    else {
      const [due, is] = [essence(expected, offline.evidence.get(id) ?? []), essence(alert, alert.evidence.events)]
      for (const member of Object.keys(due) as (keyof typeof due)[]) {
        const [left, right] = [JSON.stringify(due[member]), JSON.stringify(is[member])]
        if (left !== right) found.push(`${id}: ${member} is ${right?.slice(0, 200)} for ${left?.slice(0, 200)}`)
      }
    }
  }
  for (const { id, code } of alerts) if (!offline.alerts.has(id)) found.push(`${id} (${code}) should not be`)
  return some('alerts', found)
}

/** What must not depend on what broke meanwhile. */
function essence(alert: Alert | StoredAlert, events: readonly EventRef[]) {
  const { observed, expected, threshold, from, to, eventsTotal, position, reason } = alert.evidence
  return {
    level: alert.level,
    status: alert.status,
    historic: alert.historic,
    firstEventTime: alert.firstEventTime,
    lastEventTime: alert.lastEventTime,
    evidence: { observed, expected, threshold, from, to, eventsTotal, position, reason },
    events: events.map(({ source, id }) => `${source} ${id}`),
    findings: alert.findings,
    regions: alert.regions,
    summary: alert.summary.zh,
  }
}

/** Who followed the feed knows every alert as it is. */
export function compareFeed(held: ReadonlyMap<string, Alert>, alerts: readonly Alert[]): string[] {
  const found = alerts.flatMap(({ id, revision }) => {
    const known = held.get(id)?.revision
    return known === revision ? [] : [`${id} is at ${revision}, the feed told ${known}`]
  })
  const ids = new Set(alerts.map(({ id }) => id))
  for (const id of held.keys()) if (!ids.has(id)) found.push(`${id} was told and is not there`)
  return some('feed', found)
}

/** What officers were told is done is there, once. */
export function compareNotes(written: ReadonlyMap<string, string>, alerts: readonly Alert[]): string[] {
  const histories = new Map(alerts.map(({ id, history }) => [id, history]))
  const found = [...written].flatMap(([note, id]) => {
    const times = (histories.get(id) ?? []).filter((entry) => entry.note === note).length
    return times === 1 ? [] : [`"${note}" stands ${times} times on ${id}`]
  })
  return some('officer', found)
}
