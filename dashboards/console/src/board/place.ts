import { LEVELS } from '../../../../src/model/level.ts'
import { PAGES, type Page } from './pages.ts'
import { type QuarantineView, REFUSED_STATES } from './refused.ts'
import { FIRST_VIEW, STATUS_GROUPS, type View } from './view.ts'

/** Where the reader is: the page, what it shows, and the alert or enterprise that is open. Kept in the address after `#`, so it survives a reload. */
export interface Place {
  readonly view: View
  readonly alert: string | null
  readonly page: Page
  /** Credit code of the enterprise whose page lies over the others. */
  readonly enterprise: string | null
  readonly quarantine: QuarantineView
}

export const FIRST_QUARANTINE: QuarantineView = { code: '', source: '', state: 'waiting' }

/** Reads the part of the address after `#`; what is missing or unknown takes the first view's value. */
export function parsePlace(hash: string): Place {
  const words = new URLSearchParams(hash.replace(/^#/, ''))
  const levels = (words.get('level') ?? '').split(',')
  const status = STATUS_GROUPS.find((group) => group === words.get('status'))
  return {
    view: {
      levels: LEVELS.filter((level) => levels.includes(level)),
      status: status ?? FIRST_VIEW.status,
      historic: words.get('historic') === '1',
      assignee: words.get('assignee') ?? '',
      q: words.get('q') ?? '',
    },
    alert: words.get('alert') || null,
    page: PAGES.find((page) => page === words.get('page')) ?? 'alerts',
    enterprise: words.get('enterprise') || null,
    quarantine: {
      code: words.get('code') ?? '',
      source: words.get('source') ?? '',
      state: stateOf(words.get('state')),
    },
  }
}

function stateOf(word: string | null): QuarantineView['state'] {
  if (word === 'all') return ''
  return REFUSED_STATES.find((state) => state === word) ?? FIRST_QUARANTINE.state
}

/** The inverse of `parsePlace`: only what differs from the first view is written. */
export function formatPlace({ view, alert, page, enterprise, quarantine }: Place): string {
  const words = new URLSearchParams()
  if (view.levels.length > 0) words.set('level', view.levels.join(','))
  if (view.status !== FIRST_VIEW.status) words.set('status', view.status)
  if (view.historic) words.set('historic', '1')
  if (view.assignee !== '') words.set('assignee', view.assignee)
  if (view.q !== '') words.set('q', view.q)
  if (alert !== null) words.set('alert', alert)
  if (page !== 'alerts') words.set('page', page)
  if (enterprise !== null) words.set('enterprise', enterprise)
  if (quarantine.code !== '') words.set('code', quarantine.code)
  if (quarantine.source !== '') words.set('source', quarantine.source)
  if (quarantine.state !== FIRST_QUARANTINE.state) words.set('state', quarantine.state || 'all')
  const text = words.toString()
  return text === '' ? '' : `#${text}`
}
