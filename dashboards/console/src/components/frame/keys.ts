export type Command =
  | 'next'
  | 'previous'
  | 'open'
  | 'close'
  | 'acknowledge'
  | 'assign'
  | 'verify'
  | 'measure'
  | 'finish'
  | 'dismiss'
  | 'comment'
  | 'reopen'
  | 'release'
  | 'search'
  | 'help'

const KEYS: Readonly<Record<string, Command>> = {
  j: 'next',
  ArrowDown: 'next',
  k: 'previous',
  ArrowUp: 'previous',
  Enter: 'open',
  Escape: 'close',
  a: 'acknowledge',
  g: 'assign',
  v: 'verify',
  m: 'measure',
  f: 'finish',
  d: 'dismiss',
  c: 'comment',
  r: 'reopen',
  n: 'release',
  '/': 'search',
  '?': 'help',
}

/** Where keys mean what they say: fields, buttons, open dialogs and menus. */
const OWN_KEYS =
  'input, textarea, select, [contenteditable], [role="dialog"], [role="menu"], .n-modal, .n-dropdown-menu'

/** The command of a key press; null when the key belongs to the browser or to what has the focus. */
export function keyCommand(event: KeyboardEvent): Command | null {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.defaultPrevented) return null
  const target = event.target instanceof Element ? event.target : null
  if (target?.closest(OWN_KEYS)) return null
  const command = KEYS[event.key.length === 1 ? event.key.toLowerCase() : event.key] ?? null
  if (command === 'open' && target?.closest('button, a')) return null
  return command
}
