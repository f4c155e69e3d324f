import type { ImportRun } from '../../../../src/model/import-run.ts'
import type { InventoryItem } from '../../../../src/model/inventory.ts'
import type { Level } from '../../../../src/model/level.ts'
import type { QuarantinedEvent } from '../../../../src/model/quarantine.ts'
import type { SourceRegistration, SourceView } from '../../../../src/model/source.ts'
import type { QuarantineView } from '../board/refused.ts'
import type { Http } from './http.ts'

export interface QuarantinePage {
  readonly items: readonly QuarantinedEvent[]
  readonly next: string | null
}

/** What already fulfilled a trigger when it went live: the lists, and the cases of those asked for. */
export interface InventoryPage {
  readonly lists: readonly {
    readonly detector: string
    readonly code: string
    readonly office: string | null
    readonly count: number
    readonly levels: Readonly<Record<Level, number>>
  }[]
  readonly items: readonly InventoryItem[]
  readonly next: string | null
}

export interface CodeCount {
  readonly code: string
  readonly count: number
}

/** A refused event with what was sent. It is shown, and kept nowhere. */
export type OpenedEvent = QuarantinedEvent & { readonly payload: string; readonly encoding: 'utf-8' | 'base64' }

const items = async <T>(http: Http, path: string): Promise<readonly T[]> =>
  ((await http.request(path)) as { items: readonly T[] }).items

export const listSources = (http: Http) => items<SourceView>(http, '/v1/sources')
/** Registers a source, or changes all that was said of it. */
export async function putSource(http: Http, registration: SourceRegistration): Promise<SourceView> {
  return (await http.request('/v1/sources', { method: 'PUT', body: registration })) as SourceView
}
export const listImports = (http: Http) => items<ImportRun>(http, '/v1/imports')
export const countQuarantine = (http: Http) => items<CodeCount>(http, '/v1/quarantine')

/** `office` null: where they belong is not known. */
export async function listInventory(
  http: Http,
  wanted: { readonly code?: string; readonly office?: string | null; readonly limit: number },
  next: string | null = null,
): Promise<InventoryPage> {
  const parameters = new URLSearchParams({ limit: String(wanted.limit) })
  if (wanted.code !== undefined) parameters.set('detector', wanted.code)
  if (wanted.office !== undefined) parameters.set('office', wanted.office ?? 'none')
  if (next !== null) parameters.set('cursor', next)
  return (await http.request(`/v1/inventory?${parameters}`)) as InventoryPage
}

export async function listQuarantine(http: Http, view: QuarantineView, next: string | null): Promise<QuarantinePage> {
  const parameters = new URLSearchParams({ limit: '50' })
  if (view.code !== '') parameters.set('code', view.code)
  if (view.source.trim() !== '') parameters.set('source', view.source.trim())
  if (view.state !== '') parameters.set('state', view.state)
  if (next !== null) parameters.set('cursor', next)
  return (await http.request(`/v1/quarantine/entries?${parameters}`)) as QuarantinePage
}

const handle = (http: Http, seq: number, verb: string, body: object) =>
  http.request(`/v1/quarantine/entries/${seq}/${verb}`, { method: 'POST', body })

/** Audited with the reason. */
export async function openRefused(http: Http, seq: number, reason: string): Promise<OpenedEvent> {
  return (await handle(http, seq, 'open', { reason })) as OpenedEvent
}

/** Rejects with the door's refusal when the event is refused again. */
export async function resubmitRefused(
  http: Http,
  seq: number,
  event: object,
  reason: string,
): Promise<{ readonly entry: QuarantinedEvent; readonly answer: { readonly accepted: number } }> {
  return (await handle(http, seq, 'resubmit', { event, reason })) as Awaited<ReturnType<typeof resubmitRefused>>
}

export async function discardRefused(http: Http, seq: number, reason: string): Promise<QuarantinedEvent> {
  return (await handle(http, seq, 'discard', { reason })) as QuarantinedEvent
}
