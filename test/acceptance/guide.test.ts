import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { packageRoot } from '../../src/embedded/package-root.ts'
import { type Service, startService } from '../support/service.ts'

const guide = join(packageRoot(), 'deploy/guide/connect-a-source.md')
let service: Service
let directory: string
beforeAll(async () => {
  service = await startService()
  directory = await mkdtemp(join(tmpdir(), 'yujing-guide-'))
  // The files of the guide go elsewhere than into the project, where npx would find the program.
  const program = join(packageRoot(), 'dist/src/main.js')
  await writeFile(join(directory, 'npx'), `#!/bin/sh\nshift\nexec '${process.execPath}' '${program}' "$@"\n`, {
    mode: 0o755,
  })
}, 120_000)
afterAll(async () => {
  await service.stop()
  await rm(directory, { recursive: true, force: true })
})

/** The commands of the guide, each with the answer that stands below it. */
function stepsOf(text: string): { command: string; answer: string }[] {
  const steps: { command: string; answer: string }[] = []
  for (const [, language, content = ''] of text.matchAll(/^```(\w+)\n(.*?)^```$/gms)) {
    const last = steps.at(-1)
    if (language === 'sh') steps.push({ command: content, answer: '' })
    else if (language === 'text' && last !== undefined && last.answer === '') last.answer = content.trimEnd()
    else throw new Error(`a block of ${language} that follows no command`)
  }
  return steps
}

/** The answer as a pattern: `...` stands for anything. */
function patternOf(answer: string): RegExp {
  const parts = answer.split('...').map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(`^${parts.join('[^]*')}`)
}

test('every command of the guide does what stands there', { timeout: 300_000 }, async () => {
  const steps = stepsOf(await readFile(guide, 'utf8'))
  expect(steps.length).toBeGreaterThan(8)
  const boundary = '===== next command ====='
  const script = steps.map(({ command }) => `${command}\necho; echo '${boundary}'`).join('\n')
  const { stdout } = await promisify(execFile)('bash', ['-euo', 'pipefail', '-c', script], {
    cwd: directory,
    env: {
      PATH: [directory, process.env.PATH].join(delimiter),
      HOME: directory,
      URL: service.url,
      YUJING_BOOTSTRAP_KEY: service.adminKey,
      YUJING_DATA_DIR: service.dataDir,
    },
    timeout: 240_000,
  })
  const answers = stdout.split(`${boundary}\n`)
  for (const [n, { command, answer }] of steps.entries()) {
    if (answer !== '') expect(answers[n]?.trim(), command).toMatch(patternOf(answer))
  }
})
