import type { ClickHouseClient } from '@clickhouse/client'
import type { StoredAlert } from '../../model/alert.ts'
import { type AlertFilter, termsOf, wordsOf } from '../../model/alert-filter.ts'
import { areaPrefix } from '../../model/area.ts'
import { memoryOf, type PastAlert } from '../../model/past-alert.ts'

/** A finished alert and the revision of its last change. */
export interface ArchivedAlert {
  readonly value: StoredAlert
  readonly revision: number
}

export interface ArchiveQuery {
  readonly filter: AlertFilter
  readonly areas: readonly string[] | 'all'
  readonly below: { readonly updatedMs: number; readonly id: string } | null
  readonly most: number
}

const SINGLE = 'SELECT revision, alert FROM archived_alerts FINAL WHERE id = {id:String}'
const WRITTEN = 'SELECT id, revision, alert FROM archived_alerts FINAL WHERE id IN {ids:Array(String)}'
const NEWEST = 'SELECT count(), max(updated_ms) FROM archived_alerts'
const PAST = 'SELECT memory, test FROM archived_alerts FINAL WHERE updated_ms >= {since:Int64}'

/** Writes finished alerts and reads them back; rejects when something else stands there then. */
export async function archiveAlerts(client: ClickHouseClient, alerts: readonly ArchivedAlert[]): Promise<void> {
  if (alerts.length === 0) return
  const values = alerts.map(toRow)
  await client.insert({ table: 'archived_alerts', values, format: 'JSONEachRow' })
  const query_params = { ids: values.map(({ id }) => id) }
  const answer = await client.query({ query: WRITTEN, query_params, format: 'JSONCompactEachRow' })
  const found = new Map((await answer.json<[string, number, string]>()).map(([id, , alert]) => [id, alert]))
  for (const { id, alert, updated_ms } of values) {
    const written = found.get(id)
    if (written === alert) continue
    // Something newer may stand there: it was reopened and finished again meanwhile, elsewhere.
    const newer = written !== undefined && Date.parse((JSON.parse(written) as StoredAlert).updatedAt) > updated_ms
    if (!newer) throw new Error(`alert ${id} was archived and cannot be read back as it was written`)
  }
}

/** A finished alert by its id; null when it is not in the archive. */
export async function archivedAlert(client: ClickHouseClient, id: string): Promise<ArchivedAlert | null> {
  const answer = await client.query({ query: SINGLE, query_params: { id }, format: 'JSONCompactEachRow' })
  const [row] = await answer.json<[number, string]>()
  return row === undefined ? null : fromRow(row)
}

/** Those that can match, the last changed first. Text is only sought where no reader sees another text. */
export async function archivedAlerts(client: ClickHouseClient, query: ArchiveQuery): Promise<ArchivedAlert[]> {
  const { conditions, query_params } = conditionsOf(query)
  const sql = `
SELECT revision, alert FROM archived_alerts FINAL
${conditions.length === 0 ? '' : `WHERE ${conditions.join('\n  AND ')}`}
ORDER BY updated_ms DESC, id DESC
LIMIT {most:UInt32}`
  const answer = await client.query({ query: sql, query_params, format: 'JSONCompactEachRow' })
  return (await answer.json<[number, string]>()).map(fromRow)
}

/** When the one changed last was changed; null for an empty archive. */
export async function newestArchived(client: ClickHouseClient): Promise<number | null> {
  const answer = await client.query({ query: NEWEST, format: 'JSONCompactEachRow' })
  const [count = 0, newest = 0] = (await answer.json<[number, number]>())[0] ?? []
  return count === 0 ? null : newest
}

/** What later alerts need to know of those changed at or after a time. */
export async function pastAlerts(client: ClickHouseClient, since: number): Promise<PastAlert[]> {
  const answer = await client.query({ query: PAST, query_params: { since }, format: 'JSONCompactEachRow' })
  const rows = await answer.json<[string, boolean]>()
  return rows.map(([memory, test]) => ({ ...(JSON.parse(memory) as PastAlert), test }))
}

function conditionsOf({ filter, areas, below, most }: ArchiveQuery) {
  const conditions: string[] = []
  const query_params: Record<string, unknown> = { most }
  const where = (condition: string, name: string, value: unknown) => {
    conditions.push(condition)
    query_params[name] = value
  }
  const touches = (name: string) =>
    `arrayExists(county -> arrayExists(area -> startsWith(county, area), {${name}:Array(String)}), regions)`
  if (below !== null) {
    where('(updated_ms, id) < ({updatedMs:Int64}, {id:String})', 'updatedMs', below.updatedMs)
    query_params.id = below.id
  }
  if (areas !== 'all') where(touches('scope'), 'scope', areas.map(areaPrefix))
  if (filter.regions) where(touches('regions'), 'regions', filter.regions.map(areaPrefix))
  if (filter.statuses) where('status IN {statuses:Array(String)}', 'statuses', filter.statuses)
  if (filter.levels) where('level IN {levels:Array(String)}', 'levels', filter.levels)
  if (filter.detectors) {
    where('(detector IN {detectors:Array(String)} OR code IN {detectors:Array(String)})', 'detectors', filter.detectors)
  }
  if (filter.industries) {
    where(
      'arrayExists(code -> startsWith(industry, code), {industries:Array(String)})',
      'industries',
      filter.industries,
    )
  }
  if (filter.departments) where('department IN {departments:Array(String)}', 'departments', filter.departments)
  if (filter.subjects) {
    const either = '(subject IN {subjects:Array(String)} OR hasAny(enterprises, {subjects:Array(String)}))'
    where(either, 'subjects', filter.subjects)
  }
  if (filter.assignees) where('assignee IN {assignees:Array(String)}', 'assignees', filter.assignees)
  if (filter.since !== undefined) where('updated_ms >= {since:Int64}', 'since', filter.since)
  if (filter.historic !== undefined) where('historic = {historic:Bool}', 'historic', filter.historic)
  if (filter.test !== undefined) where('test = {test:Bool}', 'test', filter.test)
  // An alert over several counties has another sentence for those who see a part of it.
  const terms = filter.q === undefined ? [] : termsOf(filter.q)
  // What was archived before codes were among the words holds them in columns.
  const words = "concat(words, '\\n', lower(code), '\\n', lower(arrayStringConcat(enterprises, '\\n')))"
  if (terms.length > 0) {
    const all = `arrayAll(term -> position(${words}, term) > 0, {terms:Array(String)})`
    where(`(${all} OR length(regions) > 1)`, 'terms', terms)
  }
  return { conditions, query_params }
}

function toRow({ value, revision }: ArchivedAlert) {
  const { id, subject, region, regions } = value
  return {
    id,
    updated_ms: Date.parse(value.updatedAt),
    revision,
    status: value.status,
    level: value.level,
    detector: value.detector,
    code: value.code,
    regions: [...new Set([region, ...regions])],
    industry: value.industry,
    department: value.department ?? '',
    subject: subject.key,
    enterprises: subject.enterprises,
    assignee: value.assignee ?? '',
    historic: value.historic,
    test: value.test,
    words: wordsOf(value),
    memory: JSON.stringify(memoryOf(value)),
    alert: JSON.stringify(value),
  }
}

function fromRow([revision, alert]: [number, string]): ArchivedAlert {
  return { value: JSON.parse(alert) as StoredAlert, revision }
}
