import type { Readiness } from '../board/notices.ts'
import type { Http } from './http.ts'

const NOT_READY = 503

/** Both of its answers, ready and not, are wanted; rejects when there is none. */
export async function getReadiness(http: Http): Promise<Readiness> {
  const body = (await http.request('/readyz', { wanted: [NOT_READY] })) as Partial<Readiness> | null
  return { reasons: body?.reasons ?? [], degraded: body?.degraded ?? [], restarting: body?.restarting ?? [] }
}
