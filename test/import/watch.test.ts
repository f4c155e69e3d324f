import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Receipt } from '../../src/import/delivery.ts'
import { askClickHouse, eventually, type Service, startService } from '../support/service.ts'
import { ago, complaint, creditCode } from '../support/world.ts'
import { runImport, startImport } from './world.ts'

const drop = mkdtempSync(join(tmpdir(), 'yujing-drop-'))
let service: Service
beforeAll(async () => {
  service = await startService()
})
afterAll(async () => {
  await service?.stop()
  rmSync(drop, { recursive: true, force: true })
})

const at = (name: string) => join(drop, name)
const body = (source: string, count: number) =>
  Array.from({ length: count }, (_, n) =>
    JSON.stringify({
      ...complaint(creditCode(n), { time: ago(60_000), id: `${source}-${n}` }),
      source: `/test/${source}`,
    }),
  ).join('\n')
const entry = (name: string, text: string, rows: number) => {
  const sha256 = createHash('sha256').update(text).digest('hex')
  return { name, bytes: Buffer.byteLength(text), sha256, rows }
}
const announce = (name: string, files: readonly object[]) =>
  writeFileSync(at(`${name}.manifest.json`), JSON.stringify({ files }))
const receipt = (name: string) => JSON.parse(readFileSync(at(`${name}.receipt.json`), 'utf8')) as Receipt
const once = () => runImport(service, ['--watch', drop, '--once'])
const stored = async (source: string) =>
  Number(await askClickHouse(service, `SELECT count() FROM events WHERE source = '/test/${source}'`))

test('a delivery is imported when it is whole, not before, and gets a receipt', async () => {
  const [one, two] = [body('one', 20), body('two', 5)]
  writeFileSync(at('one.ndjson'), one.slice(0, 500))
  expect((await once()).code).toBe(0)
  announce('monthly', [entry('one.ndjson', one, 20), entry('two.ndjson', two, 5)])
  await once()
  writeFileSync(at('two.ndjson'), two)
  await once()
  expect(existsSync(at('monthly.receipt.json'))).toBe(false)
  expect(await stored('two')).toBe(0)
  writeFileSync(at('one.ndjson'), one)
  await once()
  expect(receipt('monthly')).toMatchObject({
    state: 'imported',
    files: [
      { name: 'one.ndjson', rows: 20, accepted: 20, duplicates: 0, rejected: 0 },
      { name: 'two.ndjson', rows: 5, accepted: 5 },
    ],
  })
  expect(readdirSync(at('done')).sort()).toEqual(['monthly.manifest.json', 'one.ndjson', 'two.ndjson'])
  await eventually('both stored', async () => (await stored('one')) === 20 && (await stored('two')) === 5)
})

test.each([
  ['another checksum', { sha256: 'a'.repeat(64) }, 'checksum'],
  ['another number of rows', { rows: 7 }, 'has 5 rows and the manifest says 7'],
  ['less than there is', { bytes: 10 }, 'the manifest says 10'],
  ['a name outside', { name: '../wrong.ndjson' }, 'malformed'],
])('%s than announced: refused with the reason, left where it is, and nothing sent', async (what, change, words) => {
  const source = what.replaceAll(/\W/g, '')
  const text = body(source, 5)
  writeFileSync(at(`${source}.ndjson`), text)
  announce(source, [{ ...entry(`${source}.ndjson`, text, 5), ...change }])
  await once()
  expect(receipt(source)).toMatchObject({ state: 'refused', files: [], why: expect.stringContaining(words) })
  expect(existsSync(at(`${source}.ndjson`))).toBe(true)
  expect(await stored(source)).toBe(0)
})

test('watching goes on until it is told to end', async () => {
  const { child, done } = startImport(service, ['--watch', drop])
  const text = body('later', 3)
  writeFileSync(at('later.ndjson'), text)
  announce('later', [entry('later.ndjson', text, 3)])
  await eventually('a receipt', async () => existsSync(at('later.receipt.json')))
  child.kill('SIGTERM')
  expect((await done).code).toBe(0)
})
