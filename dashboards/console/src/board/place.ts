import { LEVELS } from '../../../../src/model/level.ts'
import { FIRST_VIEW, STATUS_GROUPS, type View } from './view.ts'

/** Where the reader is: the view and the alert that is open. Kept in the address after `#`, so it survives a reload. */
export interface Place {
  readonly view: View
  readonly alert: string | null
}

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
      q: words.get('q') ?? '',
    },
    alert: words.get('alert') || null,
  }
}

/** The inverse of `parsePlace`: only what differs from the first view is written. */
export function formatPlace({ view, alert }: Place): string {
  const words = new URLSearchParams()
  if (view.levels.length > 0) words.set('level', view.levels.join(','))
  if (view.status !== FIRST_VIEW.status) words.set('status', view.status)
  if (view.historic) words.set('historic', '1')
  if (view.q !== '') words.set('q', view.q)
  if (alert !== null) words.set('alert', alert)
  const text = words.toString()
  return text === '' ? '' : `#${text}`
}
