import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'

/**
 * The import table of src/README.md: what a folder may import besides itself. `src/config.ts` may be imported anywhere
 * (types); the files at the top of `src` are the wiring and may import everything.
 */
const ALLOWED: Record<string, readonly string[]> = {
  'src/model': [],
  'src/telemetry': ['src/model'],
  'src/embedded': ['src/model', 'src/telemetry'],
  'src/ingest': ['src/model', 'src/telemetry'],
  'src/log': ['src/model', 'src/telemetry'],
  'src/store': ['src/model', 'src/telemetry'],
  'src/detect': ['src/model'],
  'src/alerts': ['src/model', 'src/telemetry'],
  'src/access': ['src/model', 'src/telemetry'],
  'src/deliver': ['src/model', 'src/telemetry', 'src/access'],
  'src/api': ['src/model', 'src/telemetry', 'src/access'],
  'src/sources': ['src/model', 'src/telemetry'],
  'src/simulate': ['src/model', 'src/telemetry'],
  'src/import': ['src/model', 'src/telemetry'],
  'src/backup': ['src/telemetry', 'src/log', 'src/store'],
  detectors: ['src/model', 'src/detect'],
}
const WIRING = ['src', 'src/commands']
const MODEL_LIBRARIES = ['@sinclair/typebox', 'node:crypto', 'node:module']

const root = resolve(import.meta.dirname, '../..')
const files = ['src', 'detectors'].flatMap((top) =>
  readdirSync(join(root, top), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(ts|mjs)$/.test(name))
    .map((name) => join(top, name)),
)

function importsOf(file: string): string[] {
  const text = readFileSync(join(root, file), 'utf8')
  const named = text.matchAll(/^(?:import|export|\})[^'\n]* from '([^']+)'/gm)
  const bare = text.matchAll(/^import '([^']+)'/gm)
  return [...named, ...bare].map((match) => match[1] as string)
}

function folderOf(file: string): string {
  const parts = dirname(file).split('/')
  return parts[0] === 'src' ? parts.slice(0, 2).join('/') : (parts[0] as string)
}

describe('architecture', () => {
  test('every folder imports only what the table allows', () => {
    const broken: string[] = []
    for (const file of files) {
      const folder = folderOf(file)
      if (WIRING.includes(folder)) continue
      const allowed = ALLOWED[folder]
      if (!allowed) broken.push(`${file}: the folder ${folder} is not in the table`)
      for (const name of importsOf(file)) {
        if (!name.startsWith('.')) {
          const library = folder === 'src/model' && !MODEL_LIBRARIES.some((known) => name.startsWith(known))
          if (library) broken.push(`${file} imports ${name}: the model stays pure`)
          continue
        }
        const target = relative(root, resolve(root, dirname(file), name))
        const into = folderOf(target)
        if (into === folder || allowed?.includes(into) || target === 'src/config.ts') continue
        broken.push(`${file} imports ${target}`)
      }
    }
    expect(broken).toEqual([])
  })

  test('the clock has one reader, and so has the process', () => {
    const broken: string[] = []
    for (const file of files) {
      const text = readFileSync(join(root, file), 'utf8').replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '')
      const deterministic = file.startsWith('src/detect/') || file.startsWith('detectors/')
      if (/Date\.now\(|new Date\(\)/.test(text) && file !== 'src/telemetry/clock.ts')
        broken.push(`${file} reads the clock`)
      if (/Math\.random/.test(text)) broken.push(`${file} draws a random number`)
      if (deterministic && /performance\.now|\bprocess\.|node:(fs|net|http|worker_threads)/.test(text))
        broken.push(`${file} is not deterministic`)
      if (/\bprocess\.(env|argv|exit|cwd)\b/.test(text) && !PROCESS_READERS.includes(file))
        broken.push(`${file} reads the process`)
    }
    expect(broken).toEqual([])
  })
})

/** main, and the entry files of child processes, which are mains of their own. */
const PROCESS_READERS = ['src/main.ts', 'src/embedded/guard.mjs', 'src/embedded/clickhouse-child.mjs']
