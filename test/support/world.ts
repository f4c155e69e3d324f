import { randomUUID } from 'node:crypto'
import type { Alert } from '../../src/model/alert.ts'
import { creditCheckCharacter } from '../../src/model/credit-code.ts'
import { eventually, type Service } from './service.ts'

/** A CloudEvent as a source sends it. */
export interface SentEvent {
  readonly specversion: '1.0'
  readonly id: string
  readonly source: string
  readonly type: string
  readonly subject?: string
  readonly time: string
  readonly region: string
  readonly industry?: string
  readonly backfill?: boolean
  readonly data: Record<string, unknown>
}

export interface IngestAnswer {
  readonly accepted: number
  readonly duplicates: number
  readonly rejected: readonly { index: number; id: string | null; code: string; message: string }[]
  readonly reused: readonly { index: number; id: string }[]
}

const ALPHABET = '0123456789ABCDEFGHJKLMNPQRTUWXY'

/** A made-up valid credit code; the same number gives the same code. */
export function creditCode(number: number): string {
  let rest = number
  let digits = ''
  for (let place = 0; place < 9; place++) {
    digits = ALPHABET[rest % 31] + digits
    rest = Math.floor(rest / 31)
  }
  const body = `91140105${digits}`
  return `${body}${creditCheckCharacter(body)}`
}

/** A time before now in RFC 3339 +08:00. */
export function ago(milliseconds: number): string {
  return `${new Date(Date.now() - milliseconds + 8 * 3_600_000).toISOString().slice(0, -1)}+08:00`
}

/** A complaint about an enterprise by a complainant known by phone. */
export function complaint(
  subject: string,
  options: { time: string; phone?: string; id?: string; region?: string },
): SentEvent {
  return {
    specversion: '1.0',
    id: options.id ?? randomUUID(),
    source: '/test/12315',
    type: 'complaint.filed',
    subject,
    time: options.time,
    region: options.region ?? '140105',
    industry: '8930',
    data: {
      number: options.id ?? randomUUID(),
      issue: 'refund-refused',
      ...(options.phone && { complainant: { name: '张三丰', phone: options.phone } }),
    },
  }
}

/** A registration at an address. */
export function registration(
  subject: string,
  options: { time: string; name: string; address: string; addressKind?: string; backfill?: boolean },
): SentEvent {
  return {
    specversion: '1.0',
    id: randomUUID(),
    source: '/test/registry',
    type: 'enterprise.registered',
    subject,
    time: options.time,
    region: '140105',
    industry: '5190',
    ...(options.backfill && { backfill: true }),
    data: {
      name: options.name,
      kind: '1130',
      capital: 1_000_000,
      address: options.address,
      ...(options.addressKind && { addressKind: options.addressKind }),
      legalRepresentative: { name: '李四光', idNumber: '140105198001010013' },
      phone: '13900001111',
    },
  }
}

/** Posts events as one NDJSON request. */
export async function post(
  service: Service,
  events: readonly SentEvent[],
): Promise<{ status: number; answer: IngestAnswer }> {
  const response = await service.request('/v1/events', {
    body: events.map((event) => JSON.stringify(event)).join('\n'),
    headers: { 'content-type': 'application/x-ndjson' },
  })
  return { status: response.status, answer: (await response.json()) as IngestAnswer }
}

/** Every alert of a query, all pages. */
export async function alerts(service: Service, query = ''): Promise<Alert[]> {
  const found: Alert[] = []
  let cursor: string | null = null
  do {
    const page = await service.request(
      `/v1/alerts?limit=500${query}${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`,
    )
    if (page.status !== 200) throw new Error(`alerts: ${page.status} ${await page.text()}`)
    const body = (await page.json()) as { items: Alert[]; next: string | null }
    found.push(...body.items)
    cursor = body.next
  } while (cursor !== null)
  return found
}

/** What an officer does to an alert as it is now: read again where it has changed meanwhile. */
export async function act(service: Service, id: string, action: object): Promise<Response> {
  for (;;) {
    const etag = (await service.request(`/v1/alerts/${id}`)).headers.get('etag') ?? ''
    const answer = await service.request(`/v1/alerts/${id}/actions`, {
      body: JSON.stringify(action),
      headers: { 'content-type': 'application/json', 'if-match': etag },
    })
    if (answer.status !== 412) return answer
  }
}

/** Waits until store and detection have the whole log and the alerts have come to rest. */
export async function settled(service: Service, timeoutMs = 120_000): Promise<void> {
  let last = ''
  let since = performance.now()
  await eventually(
    'a settled service',
    async () => {
      const metrics = await (await service.request('/metrics')).text()
      const lags = [...metrics.matchAll(/^yujing_log_lag\{consumer="(\w+)"\} (\d+)/gm)].map((match) => Number(match[2]))
      const overview = (await (await service.request('/v1/alerts?limit=1')).json()) as { cursor: { offset: number } }
      const now = `${lags.join()} ${overview.cursor.offset}`
      if (now !== last || lags.length < 2 || lags.some((lag) => lag > 0)) {
        last = now
        since = performance.now()
      }
      return performance.now() - since > 2_500
    },
    timeoutMs,
  )
}
