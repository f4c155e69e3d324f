import { createHash } from 'node:crypto'
import { createReadStream, existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Static, Type } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import type { RunSummary } from './session.ts'

/** What another system says of the files it drops, in `NAME.manifest.json`; it comes last. */
const Manifest = Type.Object({
  files: Type.Array(
    Type.Object({
      name: Type.String({ pattern: '^[^/\\\\.][^/\\\\]*$' }),
      bytes: Type.Integer({ minimum: 1 }),
      sha256: Type.String({ pattern: '^[0-9a-f]{64}$' }),
      /** Rows, the header of a table not counted. */
      rows: Type.Integer({ minimum: 0 }),
    }),
    { minItems: 1, maxItems: 1_000 },
  ),
})
type Manifest = Static<typeof Manifest>

/** A delivery that was looked at: its files are whole, some are still coming, or they are not what was said. */
export type Delivery =
  | { readonly kind: 'whole'; readonly manifest: string; readonly files: Manifest['files'] }
  | { readonly kind: 'coming'; readonly manifest: string }
  | { readonly kind: 'wrong'; readonly manifest: string; readonly why: string }

const MANIFEST = '.manifest.json'
const RECEIPT = '.receipt.json'

/**
 * The deliveries of a directory that have no receipt yet, by name. A file is touched only when the manifest that names it is
 * there and its length and checksum are those of the manifest: what is shorter is still coming.
 */
export async function lookForDeliveries(directory: string): Promise<Delivery[]> {
  const names = (await readdir(directory)).filter((name) => name.endsWith(MANIFEST)).sort()
  const open = names.filter((name) => !existsSync(join(directory, receiptOf(name))))
  return await Promise.all(open.map((name) => lookAt(directory, name)))
}

async function lookAt(directory: string, manifest: string): Promise<Delivery> {
  let value: unknown
  try {
    value = JSON.parse(await readFile(join(directory, manifest), 'utf8'))
  } catch {
    // It may be half written.
    return { kind: 'coming', manifest }
  }
  if (!Value.Check(Manifest, value)) {
    const first = Value.Errors(Manifest, value).First()
    return {
      kind: 'wrong',
      manifest,
      why: `the manifest is malformed at ${first?.path || '/'}: ${first?.message ?? ''}`,
    }
  }
  // Sums are made last: while something is still coming, gigabytes would be read at every look.
  for (const { name, bytes } of value.files) {
    const size = await stat(join(directory, name)).then(
      (found) => found.size,
      () => -1,
    )
    if (size < bytes) return { kind: 'coming', manifest }
    if (size > bytes)
      return { kind: 'wrong', manifest, why: `${name} has ${size} bytes and the manifest says ${bytes}` }
  }
  for (const { name, sha256 } of value.files) {
    if ((await checksumOf(join(directory, name))) !== sha256) {
      return { kind: 'wrong', manifest, why: `${name} has another checksum than the manifest says: send it again` }
    }
  }
  return { kind: 'whole', manifest, files: value.files }
}

async function checksumOf(path: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer)
  return hash.digest('hex')
}

/** What became of a delivery, for the system that sent it. */
export interface Receipt {
  readonly state: 'imported' | 'refused'
  /** RFC 3339. */
  readonly at: string
  readonly why?: string
  readonly files: readonly (Pick<RunSummary, 'run' | 'rows' | 'accepted' | 'duplicates' | 'rejected'> & {
    readonly name: string
    readonly sha256: string
  })[]
}

/** Writes the receipt, whole or not at all, and moves what was imported to `done/`. A refused delivery stays where it is. */
export async function settleDelivery(directory: string, manifest: string, receipt: Receipt): Promise<void> {
  const path = join(directory, receiptOf(manifest))
  await writeFile(`${path}.new`, `${JSON.stringify(receipt, null, 2)}\n`)
  await rename(`${path}.new`, path)
  await clearAway(directory)
}

/** Moves the files of every delivery with a receipt of its import to `done/`, also of one whose importer died just then. */
export async function clearAway(directory: string): Promise<void> {
  const names = (await readdir(directory)).filter((name) => name.endsWith(MANIFEST))
  for (const manifest of names) {
    const path = join(directory, receiptOf(manifest))
    if (!existsSync(path)) continue
    const { state, files } = JSON.parse(await readFile(path, 'utf8')) as Receipt
    if (state !== 'imported') continue
    const done = join(directory, 'done')
    await mkdir(done, { recursive: true })
    for (const name of [...files.flatMap((file) => [file.name, `${file.name}.rejected`]), manifest]) {
      if (existsSync(join(directory, name))) await rename(join(directory, name), join(done, name))
    }
  }
}

function receiptOf(manifest: string): string {
  return `${manifest.slice(0, -MANIFEST.length)}${RECEIPT}`
}
