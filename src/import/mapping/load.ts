import { Value } from '@sinclair/typebox/value'
import { ImportError } from '../faults.ts'
import { FILL_IN, Mapping } from './schema.ts'

/** Reads a mapping file. @throws ImportError naming the member that is wrong and what is allowed there */
export function readMapping(text: string, name: string): Mapping {
  let value: unknown
  try {
    value = JSON.parse(text.replace(/^\uFEFF/, ''))
  } catch (error) {
    const cause = error instanceof Error ? error.message : String(error)
    throw new ImportError(`${name} is not JSON (${cause})`)
  }
  if (Value.Check(Mapping, value)) {
    const open = placesOf(value, FILL_IN)
    if (open.length === 0) return value as unknown as Mapping
    throw new ImportError(`${name} is not finished; fill in ${open.join(', ')}`)
  }
  // The deepest fault is the one to mend: those around it only say that something in them is wrong.
  const faults = [...Value.Errors(Mapping, value)].sort((a, b) => depth(b.path) - depth(a.path))
  const [first] = faults
  const place = (first?.path ?? '').slice(1).replaceAll('/', '.')
  throw new ImportError(`${name}: ${place === '' ? 'the file' : place}: ${first?.message ?? 'not a mapping'}`)
}

/** Where a word stands in a value, as paths. */
function placesOf(value: unknown, word: string, path = ''): string[] {
  if (value === word) return [path]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, part]) => placesOf(part, word, path === '' ? name : `${path}.${name}`))
}

function depth(path: string): number {
  return path.split('/').length
}
