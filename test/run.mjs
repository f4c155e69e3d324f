/**
 * `npm test`: every check, one after the other; all are run even when one fails. The last line counts them together with
 * the tests: `N passed, N failed`.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const bin = (name) => join('node_modules', '.bin', name)
const report = join(mkdtempSync(join(tmpdir(), 'yujing-test-')), 'report.json')
const filters = process.argv.slice(2)
let passed = 0
let failed = 0

/** Runs one check; it counts as one test. */
function check(name, command, args) {
  const started = performance.now()
  const { status } = spawnSync(command, args, { stdio: 'inherit' })
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  console.log(`${status === 0 ? 'ok    ' : 'FAILED'} ${name} (${seconds} s)`)
  if (status === 0) passed += 1
  else failed += 1
}

if (filters.length === 0) {
  check('format and lint', bin('biome'), ['check', '--error-on-warnings', '.'])
  check('types of the service', bin('tsc'), ['-p', '.'])
  if (existsSync('dashboards/console/tsconfig.json'))
    check('types of the console', bin('vue-tsc'), ['--noEmit', '-p', 'dashboards/console'])
  check('dead code', bin('knip'), [])
}

const vitest = spawnSync(
  bin('vitest'),
  ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`, ...filters],
  { stdio: 'inherit' },
)
try {
  const { numPassedTests, numFailedTests, numFailedTestSuites } = JSON.parse(readFileSync(report, 'utf8'))
  passed += numPassedTests
  // A file that fails to load holds no failed test, and must count all the same.
  failed += Math.max(numFailedTests, numFailedTestSuites > 0 ? 1 : 0)
} catch {
  failed += 1
}
if (vitest.status !== 0 && failed === 0) failed += 1
rmSync(report, { force: true })
console.log(`${passed} passed, ${failed} failed`)
process.exit(failed === 0 ? 0 : 1)
