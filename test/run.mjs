/**
 * `npm test`: every check and every test; all are run even when one fails. The checks run one after the other beside the
 * tests, which wait a good deal; what they said comes at the end. The last line counts checks and tests together:
 * `N passed, N failed`.
 */
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const bin = (name) => join('node_modules', '.bin', name)
const directory = mkdtempSync(join(tmpdir(), 'yujing-test-'))
const report = join(directory, 'report.json')
const filters = process.argv.slice(2)
let passed = 0
let failed = 0

/** Runs a command to its end; resolves with its exit status, null when it was killed or is not there. */
function run(command, args, onOutput) {
  const child = spawn(command, args, { stdio: onOutput ? ['ignore', 'pipe', 'pipe'] : 'inherit' })
  child.stdout?.on('data', onOutput)
  child.stderr?.on('data', onOutput)
  return new Promise((resolve) => {
    child.once('error', () => resolve(null))
    child.once('close', resolve)
  })
}

/** Runs one check, which counts as one test; resolves with what is to be printed of it. */
async function check(name, command, args) {
  const started = performance.now()
  let said = ''
  const status = await run(command, args, (text) => {
    said += text
  })
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  if (status === 0) passed += 1
  else failed += 1
  return `${said}${status === 0 ? 'ok    ' : 'FAILED'} ${name} (${seconds} s)`
}

async function checks() {
  if (filters.length > 0) return []
  const told = [
    await check('format and lint', bin('biome'), ['check', '--error-on-warnings', '.']),
    await check('types of the service', bin('tsc'), ['-p', '.']),
  ]
  if (existsSync('dashboards/console/tsconfig.json'))
    told.push(await check('types of the console', bin('vue-tsc'), ['--noEmit', '-p', 'dashboards/console']))
  told.push(await check('dead code', bin('knip'), []))
  return told
}

const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
const [status, told] = await Promise.all([run(bin('vitest'), ['run', ...reporters, ...filters]), checks()])
for (const text of told) console.log(text)
try {
  const { numPassedTests, numFailedTests, numFailedTestSuites } = JSON.parse(readFileSync(report, 'utf8'))
  passed += numPassedTests
  // A file that fails to load holds no failed test, and must count all the same.
  failed += Math.max(numFailedTests, numFailedTestSuites > 0 ? 1 : 0)
} catch {
  failed += 1
}
if (status !== 0 && failed === 0) failed += 1
rmSync(directory, { recursive: true, force: true })
console.log(`${passed} passed, ${failed} failed`)
process.exit(failed === 0 ? 0 : 1)
