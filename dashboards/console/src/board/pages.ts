/** Pages of the console, in the order of the bar. */
export const PAGES = [
  'alerts',
  'inventory',
  'unattributed',
  'sources',
  'quarantine',
  'imports',
  'allow-list',
  'calendars',
] as const
export type Page = (typeof PAGES)[number]

const READERS: Readonly<Record<Page, readonly string[]>> = {
  alerts: ['admin', 'supervisor', 'viewer'],
  inventory: ['admin', 'supervisor', 'viewer'],
  unattributed: ['admin', 'supervisor'],
  sources: ['admin', 'supervisor', 'viewer'],
  quarantine: ['admin'],
  imports: ['admin'],
  'allow-list': ['admin'],
  calendars: ['admin', 'supervisor', 'viewer'],
}

/** The pages a role may read; the service asks again. */
export function pagesOf(role: string | undefined): readonly Page[] {
  return PAGES.filter((page) => role !== undefined && READERS[page].includes(role))
}
