import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { wholeEn } from '../../dashboards/console/src/locales/whole-en.ts'
import { zh as zhAtStart } from '../../dashboards/console/src/locales/zh.ts'
import { zhEventTypes } from '../../dashboards/console/src/locales/zh-event-types.ts'
import { zhPages } from '../../dashboards/console/src/locales/zh-pages.ts'
import { packageRoot } from '../../src/embedded/package-root.ts'
import { ALERT_STATUSES, OUTCOMES } from '../../src/model/alert.ts'
import { EVENT_TYPES } from '../../src/model/catalogue/catalogue.ts'
import { LEVELS, MEASURES } from '../../src/model/level.ts'

/** Every message as path and text. */
function flatten(table: object, path = ''): Map<string, string> {
  const found = new Map<string, string>()
  for (const [key, value] of Object.entries(table)) {
    if (typeof value === 'string') found.set(path + key, value)
    else for (const [inner, text] of flatten(value, `${path}${key}.`)) found.set(inner, text)
  }
  return found
}
/** Chinese comes in two parts, English in one. */
const wholeZh = { ...zhAtStart, ...zhPages, eventType: zhEventTypes }
const zh = flatten(wholeZh)
const en = flatten(wholeEn)
const placeholders = (text: string) => [...new Set(text.match(/\{\w+\}/g))].sort()

test('both languages hold the same messages, none of them empty', () => {
  expect([...en.keys()].sort()).toEqual([...zh.keys()].sort())
  for (const text of [...zh.values(), ...en.values()]) expect(text.trim()).not.toBe('')
})

test('both languages fill in the same words', () => {
  for (const [path, text] of zh) expect([path, placeholders(en.get(path) ?? '')]).toEqual([path, placeholders(text)])
})

test('no key holds a dot: the translator reads it as a path', () => {
  const keys = (table: object): string[] =>
    Object.entries(table).flatMap(([key, value]) => (typeof value === 'string' ? [key] : [key, ...keys(value)]))
  expect(keys(wholeZh).filter((key) => key.includes('.'))).toEqual([])
})

test('the words of the service all have a translation', () => {
  for (const level of LEVELS) expect(zh.has(`level.${level}`)).toBe(true)
  for (const measure of MEASURES) expect(zh.has(`measure.${measure}`)).toBe(true)
  for (const status of ALERT_STATUSES) expect(zh.has(`status.${status}`)).toBe(true)
  for (const outcome of [...OUTCOMES, 'withdrawn']) expect(zh.has(`outcome.${outcome}`)).toBe(true)
  const types = EVENT_TYPES.map((type) => `eventType.${type.replace(/[.-]/g, '_')}`)
  expect(types.filter((path) => !zh.has(path))).toEqual([])
})

test('every reason a detector gives has words', () => {
  const folder = join(packageRoot(), 'detectors')
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => /^[^_].*\.ts$/.test(name))
  const reasons = files.flatMap((name) =>
    [...readFileSync(join(folder, name), 'utf8').matchAll(/reason: '([\w-]+)'/g)].map(([, reason]) => reason),
  )
  expect(reasons.length).toBeGreaterThan(4)
  expect(reasons.filter((reason) => !zh.has(`reason.${reason}`))).toEqual([])
})

test('`warning` is 警示, never 警告 (a penalty), and enterprises are never rated', () => {
  expect(zh.get('measure.warning')).toBe('警示')
  for (const text of zh.values()) expect(text).not.toMatch(/警告|评价|评级/)
})
