import type { ClickHouseClient } from '@clickhouse/client'

/** Ids in one question: up to 40 bytes each, in a URL of at most a MiB. */
const MOST_IDS = 10_000

const QUERY = `
SELECT toString(id_hash), toString(argMin(content_hash, (seq, idx)))
FROM event_ids
WHERE id_hash IN {ids:Array(UInt128)}
GROUP BY id_hash`

/** Content hash by id hash, both decimal strings; an id that is not stored is absent. */
export async function lookupEventIds(
  client: ClickHouseClient,
  idHashes: readonly string[],
): Promise<Map<string, string>> {
  const found = new Map<string, string>()
  for (let start = 0; start < idHashes.length; start += MOST_IDS) {
    const ids = idHashes.slice(start, start + MOST_IDS).map((hash) => BigInt(hash))
    const answer = await client.query({ query: QUERY, query_params: { ids }, format: 'JSONCompactEachRow' })
    for (const [id, content] of await answer.json<[string, string]>()) found.set(id, content)
  }
  return found
}
