import { CAREERS } from './careers.ts'
import type { Story } from './scene.ts'
import { STORIES } from './stories/stories.ts'

/** Every kind of incident and every career, a line each: name, code (`no` before that of a decoy), what it is about. */
export function kindsTable(): string {
  const lines = Object.entries<Story>(STORIES).map(
    ([name, { code, decoy, about }]) => `${name.padEnd(26)}${(decoy ? `no ${code}` : code).padEnd(12)}${about}`,
  )
  const careers = Object.entries(CAREERS).map(([name, { about }]) => `${name.padEnd(26)}${'career'.padEnd(12)}${about}`)
  return `${[...lines, ...careers].join('\n')}\n`
}
