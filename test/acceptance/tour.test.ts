import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { packageRoot } from '../../src/embedded/package-root.ts'
import { type Service, startService } from '../support/service.ts'

let service: Service
let directory: string
beforeAll(async () => {
  service = await startService()
  directory = await mkdtemp(join(tmpdir(), 'yujing-tour-'))
}, 120_000)
afterAll(async () => {
  await service?.stop()
  await rm(directory, { recursive: true, force: true })
})

interface Step {
  readonly command: string
  readonly answer: string
}

/** Commands begin with `$` and go on with eight blanks; the answer begins with four and goes on alike. */
function stepsOf(tour: string): Step[] {
  const blocks = tour.matchAll(/^ {4}\$ (.+(?:\n {8}.+)*)((?:\n {4}[^$\n].*)*)/gm)
  return [...blocks].map(([, command = '', answer = '']) => ({ command, answer }))
}

const withoutBlanks = (text: string) => text.replaceAll(/\s/g, '')

/** The answer as a pattern: `...` stands for anything, and so do the days and keys that each run has its own of. */
function patternOf(answer: string): RegExp {
  const own = answer.replaceAll(/"\d{4}-\d\d-\d\dT[^"]*"|"p1[0-9a-f]{32}"/g, '"..."')
  const parts = withoutBlanks(own).split('...')
  return new RegExp(`^${parts.map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('[^]*')}`)
}

/** One command of the tour, in a shell that remembers the variables of those before. */
function type(command: string): Promise<string> {
  const script = `[ -f variables ] && . ./variables\n${command}\ndeclare -p ID ETAG > variables 2> /dev/null || true`
  const env = { PATH: process.env.PATH, URL: service.url, KEY: service.adminKey }
  return new Promise((resolve) => {
    execFile('bash', ['-c', script], { cwd: directory, env }, (_error, stdout, stderr) => resolve(stdout + stderr))
  })
}

test('the tour of README.md answers as it says', { timeout: 240_000 }, async () => {
  const readme = await readFile(join(packageRoot(), 'README.md'), 'utf8')
  const steps = stepsOf(readme.slice(readme.indexOf('**Send complaints of your own.**'), readme.indexOf('**Kill it**')))
  expect(steps.length).toBe(13)
  for (const { command, answer } of steps) {
    if (/ (-d|--data-binary) /.test(command))
      expect(withoutBlanks(await type(command)), command).toMatch(patternOf(answer))
    // What is only read may take a moment to be there.
    else await expect.poll(async () => withoutBlanks(await type(command))).toMatch(patternOf(answer))
  }
})
