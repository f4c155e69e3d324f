import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { packageRoot } from '../../src/embedded/package-root.ts'
import { quantile } from './benchmark.ts'
import { benchmarks } from './index.ts'

const scratch = mkdtempSync(join(tmpdir(), 'yujing-bench-test-'))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

/** Runs the built command; answers also with what it left in the directory for its temporary files. */
async function bench(
  ...args: string[]
): Promise<{ code: number; stdout: string; stderr: string; left: readonly string[] }> {
  const main = join(packageRoot(), 'dist/src/main.js')
  const temporary = mkdtempSync(join(scratch, 'tmp-'))
  const ran = await new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    execFile(
      process.execPath,
      [main, 'bench', ...args, '--out', join(scratch, 'out')],
      { env: { ...process.env, TMPDIR: temporary } },
      (error, stdout, stderr) => resolve({ code: Number(error?.code ?? 0), stdout, stderr }),
    )
  })
  return { ...ran, left: readdirSync(temporary) }
}

test('without a name it lists every benchmark with its settings', async () => {
  const { code, stdout } = await bench()
  expect(code).toBe(0)
  for (const { name, settings } of benchmarks) {
    expect(stdout).toContain(`${name}: `)
    for (const setting of Object.keys(settings)) expect(stdout).toContain(setting)
  }
})

test.each([
  [['nothing'], 'there is no benchmark "nothing"'],
  [['pipeline', '--set', 'speed=1'], 'has no setting "speed"'],
  [['pipeline', '--seconds', 'many'], 'seconds must be a number'],
])('wrong usage %j is named', async (args, words) => {
  const { code, stderr } = await bench(...args)
  expect(code).toBe(2)
  expect(stderr).toContain(words)
})

describe('in small settings', () => {
  // What a benchmark measures is nobody's business here; that what it counts on is true it checks itself.
  test.concurrent.each(benchmarks.map(({ name }) => name))(
    '%s runs, gives its figures and leaves nothing behind',
    async (name) => {
      const { code, stdout, stderr, left } = await bench(name, '--small', '--json')
      expect(stderr).not.toContain('yujing: ')
      expect(code).toBe(0)
      const { machine, figures } = JSON.parse(stdout)
      expect(machine.cores).toBeGreaterThan(0)
      expect(figures.length).toBeGreaterThan(0)
      for (const figure of figures) expect(figure, figure.name).toMatchObject({ median: expect.any(Number) })
      expect(left).toEqual([])
    },
    180_000,
  )
})

test('a quantile is one of the values, the nearest rank', () => {
  const values = [40, 10, 30, 20]
  expect([0, 0.25, 0.5, 0.75, 1].map((share) => quantile(values, share))).toEqual([10, 10, 20, 30, 40])
  expect(quantile([], 0.5)).toBeNaN()
})
