import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { detectors } from '../../detectors/index.ts'

/**
 * README.md and README.zh-CN.md say the same of the same things: what a program can compare is compared here, so that
 * whoever changes one is told to change the other. Blocks of commands are the same to the letter, but for comments.
 */
const root = resolve(import.meta.dirname, '../..')
const textOf = (name: string) => readFileSync(join(root, name), 'utf8')
const english = textOf('README.md')
const chinese = textOf('README.zh-CN.md')
const both = [
  ['README.md', english],
  ['README.zh-CN.md', chinese],
] as const

/** The sections, in the order of the English one. */
const SECTIONS = [
  ['Two commands', '两条命令'],
  ['A tour of five minutes', '五分钟走一遍'],
  ['What it detects', '监测什么'],
  ['What comes in, and how', '数据如何进来'],
  ['What officers do', '经办人员做什么'],
  ['What is promised', '承诺'],
  ['Commands', '命令'],
  ['Settings', '配置'],
  ['Running it', '运行维护'],
  ['Where to change what', '改什么看哪里'],
  ['Not yet', '尚未实现'],
] as const

const sectionsOf = (text: string) => [...text.matchAll(/^## (.+)$/gm)].map(([, title]) => title)
const sectionOf = (text: string, title: string) =>
  text.split(/^(?=## )/m).find((part) => part.startsWith(`## ${title}\n`))
const commandsOf = (text: string) => [...text.matchAll(/^ {4}yujing (\S+)/gm)].map(([, name]) => name)
const flagsOf = (text: string) => [...new Set(text.match(/(?<![\w-])--[a-z][a-z-]+/g))].sort()
const routesOf = (text: string) => [...new Set(text.match(/(?<=[\s`"L])\/v1\/[\w/:$?={}.-]+/g))].sort()
const variablesOf = (text: string) =>
  [...text.matchAll(/^\| ((?:`[A-Z_]+`(?:, )?)+) \|/gm)].flatMap(([, names = '']) => names.match(/[A-Z_]+/g) ?? [])
const linksOf = (text: string) =>
  [...text.matchAll(/\]\(([^)#:]+)[^)]*\)/g)]
    .map(([, target = '']) => target)
    .filter((target) => !target.startsWith('README'))
/** What is typed: the lines of a block that begins with `$`, with those that go on below it. */
const typedOf = (text: string) =>
  [...text.matchAll(/^ {4}\$ (.+(?:\n {8}.+)*)/gm)].map(([, typed = '']) => typed.replaceAll(/ +# .*$/gm, ''))

describe('README.md and README.zh-CN.md', () => {
  test('have the same sections in the same order', () => {
    expect(sectionsOf(english)).toEqual(SECTIONS.map(([title]) => title))
    expect(sectionsOf(chinese)).toEqual(SECTIONS.map(([, title]) => title))
  })

  test.each([
    ['commands of yujing', commandsOf],
    ['configuration variables', variablesOf],
    ['flags', flagsOf],
    ['routes', routesOf],
    ['links', linksOf],
    ['lines to type', typedOf],
  ])('name the same %s', (_, of) => {
    expect(of(english).length).toBeGreaterThan(3)
    expect(of(chinese)).toEqual(of(english))
  })

  test.each(both)('%s names every command', (_, text) => {
    const main = textOf('src/main.ts')
    const names = [...main.matchAll(/^ {2}(\w+)Command,$/gm)].map(([, name]) => name)
    expect(names.length).toBeGreaterThan(5)
    expect(commandsOf(text).toSorted()).toEqual(names.toSorted())
  })

  test.each(both)('%s names every configuration variable', (_, text) => {
    const read = textOf('src/config.ts').matchAll(/text\('([A-Z_]+)'\)/g)
    expect(variablesOf(text).toSorted()).toEqual([...new Set([...read].map(([, name]) => name))].toSorted())
  })

  test.each([
    ['README.md', english, SECTIONS[2][0]],
    ['README.zh-CN.md', chinese, SECTIONS[2][1]],
  ])('%s names every detector by code and id', (_, text, title) => {
    const rows = sectionOf(text, title)?.matchAll(/^\| ([A-Z]{3}-\d\d) \| `([a-z-]+)`/gm) ?? []
    const named = [...rows].map(([, code, id]) => `${code} ${id}`)
    expect(named.toSorted()).toEqual(detectors.map(({ code, id }) => `${code} ${id}`).toSorted())
  })

  test.each(both)('%s begins with a link to the other', (name, text) => {
    const other = name === 'README.md' ? 'README.zh-CN.md' : 'README.md'
    expect(text.split('\n').slice(0, 4).join('\n')).toContain(`(${other})`)
  })
})
