import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { afterAll, describe, expect, test } from 'vitest'
import { type CommandContext, UsageError } from '../../src/commands/context.ts'
import { simulateCommand } from '../../src/commands/simulate.ts'
import type { CloudEvent } from '../../src/simulate/cloud-event.ts'
import { CAREER_NAMES } from '../../src/simulate/incidents/careers.ts'
import { STORY_NAMES } from '../../src/simulate/incidents/stories/stories.ts'
import type { TruthRecord } from '../../src/simulate/truth.ts'

const cwd = mkdtempSync(join(tmpdir(), 'yujing-simulate-'))
afterAll(() => rmSync(cwd, { recursive: true, force: true }))

/** Runs the command as main does; resolves with what it printed. */
async function simulate(line: string, context: Partial<CommandContext> = {}): Promise<string> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()]
  const signal = new AbortController().signal
  const command = simulateCommand({ env: {}, cwd, stdout, stderr, isTerminal: false, signal, ...context })
  command.exitOverride().configureOutput({ writeErr: () => undefined, writeOut: (out) => void stdout.write(out) })
  try {
    await command.parseAsync(line.split(' ').filter(Boolean), { from: 'user' })
  } finally {
    stdout.end()
    stderr.end()
  }
  return text(stdout)
}

const FLAGS = '--rate 0.02 --enterprises 200 --seed 7 --days 1.5'
const read = (name: string) => readFileSync(join(cwd, name), 'utf8')
const events = (name: string) =>
  read(name)
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as CloudEvent)

describe('to a file', () => {
  test('the same flags and the same now write the same bytes', async () => {
    const flags = `${FLAGS} --now 2026-11-20T18:00:00+08:00`
    await simulate(`${flags} --to a.ndjson`)
    await simulate(`${flags} --to b.ndjson --speed 1e9`)
    expect(read('b.ndjson')).toBe(read('a.ndjson'))
    await simulate(`${flags} --to c.ndjson --seed 8`)
    expect(read('c.ndjson')).not.toBe(read('a.ndjson'))
  })

  test('history up to the present is written, all of it, and nothing later', async () => {
    const output = await simulate(`${FLAGS} --to now.ndjson`)
    const written = events('now.ndjson')
    const times = written.map(({ time }) => Date.parse(time))
    expect(Math.max(...times)).toBeLessThanOrEqual(Date.now())
    expect(written.filter(({ type }) => type === 'enterprise.registered').length).toBeGreaterThanOrEqual(200)
    expect(output).toBe(`${written.length} events sent: ${written.length} accepted, 0 duplicates, 0 rejected\n`)
    expect(read('now.ndjson').endsWith('\n')).toBe(true)
  })

  test('carrying on appends nothing that has been sent', async () => {
    const flags = `${FLAGS} --now 2026-11-20T18:00:00+08:00`
    await simulate(`${flags} --to whole.ndjson`)
    await simulate(`${flags} --to rest.ndjson --after 2026-11-20T12:00:00+08:00`)
    const noon = Date.parse('2026-11-20T12:00:00+08:00')
    const expected = events('whole.ndjson').filter(({ time }) => Date.parse(time) > noon)
    expect(events('rest.ndjson').map(({ id }) => id)).toEqual(expected.map(({ id }) => id))
  })

  test('the volumes of a year stand beside those of the field, and as pictures', async () => {
    const flags = '--seed 7 --now 2026-11-20T18:00:00+08:00 --volumes 5000'
    const output = await simulate(`${flags} --pictures pictures`)
    expect(output).toMatch(/^A year before 2026-11-20, a province of 1:5000, times 5000 but for bursts, \d+ events:\n/)
    const counted = Number(/, (\d+) events:/.exec(output)?.[1])
    expect(counted).toBeGreaterThan(300)
    const figures = [...output.matchAll(/^\| ([^|]+) \| ([\d,.]+) \| ([^|]+) \|$/gm)].map(([, ...row]) => row)
    expect(figures.length).toBeGreaterThan(3)
    expect(output).toMatch(/^\| complaint\.filed \| [\d,.]+ \|$/m)
    for (const name of ['day', 'week', 'year']) {
      expect(read(`pictures/${name}.svg`), name).toMatch(/^<svg[\s\S]+<title>Events[\s\S]+<\/svg>\s*$/)
    }
    await expect(simulate('--volumes 0')).rejects.toThrow('--volumes must be 1 or more')
  })

  test('a plan of incidents is a file of JSON, the ground truth one of JSON lines', async () => {
    writeFileSync(
      join(cwd, 'plan.json'),
      '{"incidents":[{"kind":"mass-registration","at":-7200,"size":6,"lasts":600,"before":2}]}',
    )
    await simulate(`${FLAGS} --to planned.ndjson --incidents plan.json --truth truth.jsonl --risks`)
    const records = read('truth.jsonl')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as TruthRecord)
    const truth = records.filter((record) => record.record === 'incident')
    expect(truth).toHaveLength(1)
    expect(records.filter(({ record }) => record === 'risk')).toHaveLength(200)
    expect(records.some((record) => record.record === 'not-plantable' && record.code === 'LAB-01')).toBe(true)
    const codes = new Set(events('planned.ndjson').map(({ subject }) => subject))
    for (const code of truth[0]?.enterprises ?? []) expect(codes).toContain(code)
  })

  test('one type of event as a table, quoted, with a column for each member', async () => {
    await simulate(`${FLAGS} --now 2026-11-20T18:00:00+08:00 --to registry.csv --table enterprise.registered`)
    const [header = '', ...lines] = read('registry.csv').trimEnd().split('\n')
    expect(header).toContain('id,source,type,subject,time,region,industry,backfill,retracts,name,kind,capital')
    expect(header).toContain('legalRepresentative.idNumber')
    expect(lines.length).toBeGreaterThanOrEqual(200)
    for (const line of lines) expect(line).toContain(',enterprise.registered,')
    expect(lines.some((line) => line.includes('"[{""holder"":'))).toBe(true)
  })

  test('feeds with faults tell the same run twice the same way, late, doubled and corrected', async () => {
    const flags = `${FLAGS} --rate 0.2 --days 5 --sole-traders 100 --faults usual --now 2026-11-20T18:00:00+08:00`
    await simulate(`${flags} --to faults.ndjson`)
    await simulate(`${flags} --to faults-again.ndjson`)
    expect(read('faults-again.ndjson')).toBe(read('faults.ndjson'))
    const told = events('faults.ndjson')
    const times = told.map(({ time }) => Date.parse(time))
    expect(times.filter((time, number) => time < (times[number - 1] ?? 0)).length).toBeGreaterThan(20)
    expect(new Set(told.map(({ id }) => id)).size).toBeLessThan(told.length)
    expect(told.some(({ type, retracts }) => retracts !== undefined && type !== 'event.retracted')).toBe(true)
    expect(told.some(({ type }) => type === 'event.retracted')).toBe(true)
    expect(told.some(({ subject }) => subject?.startsWith('92'))).toBe(true)
  })

  test('the kinds of incidents are listed', async () => {
    const kinds = await simulate('--kinds')
    for (const name of [...STORY_NAMES, ...CAREER_NAMES]) expect(kinds).toContain(name)
  })

  test('a file that cannot be written is a failure that names it', async () => {
    await expect(simulate(`${FLAGS} --to nowhere/a.ndjson`)).rejects.toThrow('nowhere/a.ndjson')
  })
})

describe('to a service', () => {
  async function service(answer: (lines: number) => { status: number; body: unknown }) {
    const bodies: string[] = []
    const keys: (string | undefined)[] = []
    const server = createServer(async (request, response) => {
      const body = await text(request)
      bodies.push(body)
      keys.push(request.headers.authorization)
      const { status, body: said } = answer(body.trimEnd().split('\n').length)
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(said))
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const close = () => {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(resolve))
    }
    return { url, bodies, keys, close }
  }
  const taken = (lines: number) => ({ status: 202, body: { accepted: lines, duplicates: 0, rejected: [] } })

  test('found through runtime.json, it gets everything and the run ends when interrupted', async () => {
    const stopping = new AbortController()
    let arrived = 0
    const { url, bodies, keys, close } = await service((lines) => {
      arrived += lines
      if (arrived > 1_000) stopping.abort()
      return taken(lines)
    })
    writeFileSync(join(cwd, 'runtime.json'), JSON.stringify({ httpUrl: url }))
    const output = await simulate(`${FLAGS} --data-dir ${cwd}`, {
      env: { YUJING_BOOTSTRAP_KEY: 'bootstrap-key-0123456789' },
      signal: stopping.signal,
    })
    await close()
    const sent = bodies.join('').trimEnd().split('\n').length
    expect(sent).toBeGreaterThan(1_000)
    expect(output).toContain(`${sent} events sent: ${sent} accepted`)
    expect(new Set(keys)).toEqual(new Set(['Bearer bootstrap-key-0123456789']))
  })

  test('rejected events make the run a failure', async () => {
    const rejected = [{ index: 0, id: 'x', code: 'data.invalid', message: 'no' }]
    const { url, close } = await service((lines) => ({
      status: 202,
      body: { accepted: lines - 1, duplicates: 0, rejected },
    }))
    await expect(simulate(`${FLAGS} --to ${url} --key some-key-0123456789 --no-live`)).rejects.toThrow(
      /events were rejected; the first: data.invalid: no/,
    )
    await close()
  })

  test('none is running: says how to start one', async () => {
    await expect(simulate(`${FLAGS} --data-dir ${join(cwd, 'empty')} --key some-key-0123456789`)).rejects.toThrow(
      'yujing serve',
    )
  })
})

describe('wrong usage', () => {
  test.each([
    ['--rate fast', '--rate'],
    ['--rate -1', '--rate'],
    ['--enterprises 0', '--enterprises'],
    ['--days -1', '--days'],
    ['--speed 0', '--speed'],
    ['--faults some', '--faults'],
    ['--sole-traders many', '--sole-traders'],
    ['--table nonsense', '--table'],
    ['--now yesterday', '--now'],
    ['--now 2999-01-01T00:00:00+08:00', '--now'],
    ['--incidents missing.json', 'missing.json'],
  ])('%s is named', async (flags, name) => {
    const error = await simulate(`--to x.ndjson ${flags}`).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(UsageError)
    expect((error as Error).message).toContain(name)
  })

  test('a service without a key', async () => {
    await expect(simulate('--to http://127.0.0.1:1')).rejects.toThrow(UsageError)
  })

  test('help has an example and every flag of the contract', async () => {
    const help = simulateCommand({
      env: {},
      cwd,
      stdout: new PassThrough(),
      stderr: new PassThrough(),
      isTerminal: false,
      signal: new AbortController().signal,
    })
    let shown = ''
    help.configureOutput({ writeOut: (out) => (shown += out) })
    help.outputHelp()
    expect(shown).toContain('yujing simulate --rate')
    for (const flag of ['rate', 'enterprises', 'seed', 'days', 'speed', 'incidents', 'to', 'truth'])
      expect(shown).toContain(`--${flag}`)
  })
})
