/** What an event tells in a line, taken from its data without knowing every type by heart. Pure; no language of its own. */

type Data = Readonly<Record<string, unknown>>

/** A piece of the line; the locale puts it into words. */
export type Detail =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'issue'; readonly issue: string }
  | { readonly kind: 'yuan'; readonly amount: number }
  | { readonly kind: 'persons'; readonly n: number }
  | { readonly kind: 'injury' }
  | { readonly kind: 'change'; readonly field: string; readonly before: string; readonly after: string }
  | { readonly kind: 'move'; readonly from: string; readonly to: string }

function textOf(value: unknown): string {
  if (typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (typeof value === 'object' && value !== null) {
    const { name, masked, holder } = value as { name?: unknown; masked?: unknown; holder?: unknown }
    if (Array.isArray(value)) return value.map(textOf).filter(Boolean).join('、')
    return textOf(name ?? masked ?? holder ?? '')
  }
  return ''
}

function texts(data: Data, members: readonly string[]): Detail[] {
  return members
    .map((member) => textOf(data[member]))
    .filter((text) => text !== '')
    .map((text) => ({ kind: 'text', text }))
}

function complaint(data: Data): Detail[] {
  const details: Detail[] = typeof data.issue === 'string' ? [{ kind: 'issue', issue: data.issue }] : []
  details.push(...texts(data, ['category', 'complainant', 'reporter']))
  if (typeof data.amount === 'number' && data.amount > 0) details.push({ kind: 'yuan', amount: data.amount })
  if (typeof data.persons === 'number' && data.persons > 1) details.push({ kind: 'persons', n: data.persons })
  if (data.injury === true) details.push({ kind: 'injury' })
  return details
}

function changes(data: Data): Detail[] {
  if (!Array.isArray(data.changes)) return []
  return data.changes.map((change: { field?: unknown; before?: unknown; after?: unknown }) => ({
    kind: 'change',
    field: textOf(change.field),
    before: textOf(change.before) || '—',
    after: textOf(change.after) || '—',
  }))
}

/** At most this many pieces of an event whose type has no line of its own. */
const MOST_PIECES = 4
/** Names of what is too long, or only of use to machines. */
const UNSAID = new Set(['text', 'scope', 'key', 'url', 'kind'])

function anything(data: Data): Detail[] {
  const members = Object.keys(data).filter((member) => !UNSAID.has(member) && typeof data[member] !== 'boolean')
  return texts(data, members).slice(0, MOST_PIECES)
}

/** The pieces of an event's line, most telling first. */
export function detailsOf(type: string, data: Data): Detail[] {
  switch (type) {
    case 'complaint.filed':
    case 'report.filed':
      return complaint(data)
    case 'enterprise.registered':
      return texts(data, ['name', 'address', 'agent'])
    case 'enterprise.changed':
      return changes(data)
    case 'enterprise.moved':
      return [{ kind: 'move', from: textOf(data.from), to: textOf(data.to) }]
    default:
      return anything(data)
  }
}
