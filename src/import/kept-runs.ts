import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ImportError } from './faults.ts'
import { type Input, openFile } from './input.ts'
import { type RunState, readJournal } from './journal.ts'
import { type Reject, type RejectsHead, readRejects } from './rejects.ts'

/** Runs that were begun with this state directory, newest first. */
export async function listRuns(stateDir: string): Promise<RunState[]> {
  const names = await readdir(join(stateDir, 'runs')).catch(() => [])
  const runs = await Promise.all(names.map((name) => readJournal(join(stateDir, 'runs', name)).catch(() => null)))
  return runs
    .filter((run): run is RunState => run !== null)
    .sort((a, b) => b.head.startedAt.localeCompare(a.head.startedAt))
}

/** The file of an earlier run, if it is still what it was. @throws ImportError saying what it needs */
export async function sameInput(
  { path, identity }: { readonly path: string | null; readonly identity: string },
  what: string,
): Promise<Input> {
  if (path === null) throw new ImportError(`${what}: it came through a pipe, and the rows are gone; import from a file`)
  const input = await openFile(path)
  if (input.identity === identity) return input
  throw new ImportError(`${what}: ${path} has changed since; put the file back as it was`)
}

/** A refused row as it stands in the file. */
export interface RejectedRow extends Reject {
  readonly text: string
}

/** Refused rows, read again at their places in the file; and its header, '' without one. */
export async function readRejectedRows(
  rejectsPath: string,
): Promise<{ readonly head: RejectsHead; readonly header: string; readonly rows: RejectedRow[] }> {
  const text = await readFile(rejectsPath, 'utf8').catch(() => {
    throw new ImportError(`there is no file ${rejectsPath}`)
  })
  const { head, rejects } = readRejects(text, rejectsPath)
  const input = await sameInput(head, 'the rows cannot be shown')
  const decoder = new TextDecoder(head.encoding)
  const placed = rejects.filter(({ end }) => end > 0)
  const stretches = new Map([[0, head.header], ...placed.map(({ start, end }) => [start, end] as const)])
  const texts = await readStretches(input, stretches)
  const textAt = (start: number) => decoder.decode(texts.get(start) ?? Buffer.alloc(0)).replace(/\r?\n$/, '')
  return {
    head,
    header: head.header === 0 ? '' : textAt(0),
    rows: rejects.map((reject) => ({ ...reject, text: reject.end > 0 ? textAt(reject.start) : '' })),
  }
}

/** Bytes from each start to its end, in one pass through the file. */
async function readStretches(input: Input, wanted: ReadonlyMap<number, number>): Promise<Map<number, Buffer>> {
  const order = [...wanted].sort(([a], [b]) => a - b)
  const found = new Map<number, Buffer>()
  let held: Buffer = Buffer.alloc(0)
  let offset = 0
  for await (const chunk of input.read(0)) {
    held = Buffer.concat([held, chunk])
    while (order[0] !== undefined && order[0][1] <= offset + held.length) {
      const [start, end] = order.shift() as [number, number]
      // A copy: a row must not hold on to the half megabyte around it.
      found.set(start, Buffer.from(held.subarray(start - offset, end - offset)))
    }
    if (order[0] === undefined) break
    const keep = Math.max(0, Math.min(held.length, order[0][0] - offset))
    offset += keep
    held = held.subarray(keep)
  }
  return found
}
