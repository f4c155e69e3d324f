import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createClient } from '@clickhouse/client'
import type { Service } from '../support/service.ts'

/** Counts the events in the service's ClickHouse. */
export async function storedEvents(service: Service): Promise<number> {
  const runtime = JSON.parse(await readFile(join(service.dataDir, 'runtime.json'), 'utf8')) as { clickhouseUrl: string }
  const client = createClient({ url: runtime.clickhouseUrl })
  try {
    const answer = await client.query({ query: 'SELECT count() FROM events', format: 'JSONCompactEachRow' })
    return Number((await answer.json<[string]>())[0]?.[0])
  } finally {
    await client.close()
  }
}

/** Waits until ClickHouse holds exactly so many events; throws when it holds more. */
export async function storedUpTo(service: Service, events: number, signal: AbortSignal): Promise<void> {
  for (;;) {
    signal.throwIfAborted()
    const stored = await storedEvents(service)
    if (stored === events) return
    if (stored > events) throw new Error(`ClickHouse holds ${stored} events where ${events} were accepted`)
    await new Promise((later) => setTimeout(later, 100))
  }
}

/** Sum of a metric over its labels, or the one with the labels given behind its name. */
export async function metricSum(service: Service, name: string): Promise<number> {
  const text = await (await service.request('/metrics')).text()
  let sum = 0
  for (const line of text.split('\n')) {
    if (line.startsWith(`${name}{`) || line.startsWith(`${name} `)) sum += Number(line.slice(line.lastIndexOf(' ') + 1))
  }
  return sum
}
