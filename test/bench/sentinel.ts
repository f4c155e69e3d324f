import { creditCheckCharacter } from '../../src/model/credit-code.ts'
import type { Service } from '../support/service.ts'

/** Complainants in a week that open an alert of complaint-surge for an enterprise without a past. */
export const SURGE = 5

/** Credit code of an enterprise that only benchmarks complain about; no simulated one begins with 93. */
export function probeCode(number: number): string {
  const first17 = `93140105${String(number).padStart(8, '0')}0`
  return first17 + creditCheckCharacter(first17)
}

/** A complaint of one of many people about a probe enterprise, now: a line of NDJSON. */
export function probeComplaint(run: string, subject: number, complainant: number): string {
  const phone = `160${String(subject % 10_000).padStart(4, '0')}${String(complainant).padStart(4, '0')}`
  return `${JSON.stringify({
    specversion: '1.0',
    id: `${run}-${subject}-${complainant}`,
    source: '/bench/probe',
    type: 'complaint.filed',
    subject: probeCode(subject),
    time: new Date().toISOString(),
    region: '140105',
    industry: '6210',
    data: { number: `B${subject}-${complainant}`, issue: 'refund', complainant: { name: '王小明', phone } },
  })}\n`
}

/** Posts lines of NDJSON; throws unless all of them are taken. */
export async function post(service: Service, body: string): Promise<void> {
  const response = await service.request('/v1/events', { body, headers: { 'content-type': 'application/x-ndjson' } })
  const text = await response.text()
  if (response.status !== 202 || (JSON.parse(text) as { rejected: unknown[] }).rejected.length > 0)
    throw new Error(`the probe was not taken: ${response.status} ${text.slice(0, 300)}`)
}

/**
 * Posts a surge of its own and waits for its alert: as the log has one order, everything acknowledged before has then been
 * judged too.
 */
export async function judgedUpToHere(service: Service, subject: number, signal: AbortSignal): Promise<void> {
  const lines = Array.from({ length: SURGE }, (_, complainant) => probeComplaint('sentinel', subject, complainant))
  await post(service, lines.join(''))
  for (;;) {
    signal.throwIfAborted()
    const response = await service.request(`/v1/alerts?subject=${probeCode(subject)}`)
    if (((await response.json()) as { items: unknown[] }).items.length > 0) return
    await new Promise((later) => setTimeout(later, 50))
  }
}
