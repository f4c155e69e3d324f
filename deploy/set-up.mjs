#!/usr/bin/env node
/**
 * Sets up what is missing, with Node's built-ins only: npm packages, nats-server, the build; with `--test` also Chromium.
 * Called by `npm run demo`, `npm start` and `npm test`; quick when nothing is missing. Needs no root and installs no
 * system service (Chromium alone is installed system-wide, and only where it is missing and we are root).
 */
import { execFile, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { delimiter, dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)
const root = resolve(dirname(fileURLToPath(import.meta.url)), '..')
process.chdir(root)
const withTests = process.argv.includes('--test')
const isRoot = process.getuid?.() === 0
const LEAST_NODE = [20, 19]

/** A step that cannot be done here; the message names cause and remedy. */
class SetUpError extends Error {}

/** Does `work` when `missing()` says so, and tells how long it took. */
async function step(name, missing, work) {
  if (!missing()) return
  const started = performance.now()
  process.stderr.write(`  set-up: ${name} ...\n`)
  await work()
  process.stderr.write(`  set-up: ${name} done in ${((performance.now() - started) / 1000).toFixed(1)} s\n`)
}

function requireNode() {
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major > LEAST_NODE[0] || (major === LEAST_NODE[0] && minor >= LEAST_NODE[1])) return
  throw new SetUpError(
    `Node.js ${process.versions.node} is too old: install ${LEAST_NODE.join('.')} or newer (22 or 24 LTS recommended)`,
  )
}

/** Two set-ups at once would tread on each other: the second waits. A lock whose owner is gone is taken over. */
async function underLock(work) {
  const lock = join(root, '.tools', 'set-up.lock')
  const draft = `${lock}.${process.pid}`
  mkdirSync(dirname(lock), { recursive: true })
  // Linked into place with its content: nobody meets a lock that does not name its owner yet.
  writeFileSync(draft, String(process.pid))
  try {
    while (!tryLink(draft, lock)) {
      if (!isAlive(Number(readOr(lock, '0')))) rmSync(lock, { force: true })
      else await new Promise((later) => setTimeout(later, 200))
    }
  } finally {
    rmSync(draft, { force: true })
  }
  try {
    await work()
  } finally {
    rmSync(lock, { force: true })
  }
}

function tryLink(from, to) {
  try {
    linkSync(from, to)
    return true
  } catch (error) {
    if (error.code === 'EEXIST') return false
    throw error
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0)
    return pid > 0
  } catch {
    return false
  }
}

function readOr(path, fallback) {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return fallback
  }
}

// npm packages

function lockFingerprint() {
  return createHash('sha256').update(readFileSync('package-lock.json')).digest('hex')
}

function packagesMissing() {
  return readOr('node_modules/.yujing-lock', '') !== lockFingerprint()
}

async function installPackages() {
  const npm = process.env.npm_execpath
  const [command, prefix] = npm?.endsWith('.js') ? [process.execPath, [npm]] : ['npm', []]
  await run(command, [...prefix, 'ci', '--no-audit', '--no-fund', '--loglevel=error'], { maxBuffer: 2 ** 26 })
  writeFileSync('node_modules/.yujing-lock', lockFingerprint())
}

// the build

/** Fingerprint of the sources by name, size and time of change: cheap, and right for a working copy. */
function sourcesFingerprint(places) {
  const hash = createHash('sha256').update(readOr('node_modules/.yujing-lock', ''))
  for (const place of places) {
    if (!existsSync(place)) continue
    const files = statSync(place).isDirectory()
      ? readdirSync(place, { recursive: true })
          .map((name) => join(place, name))
          .sort()
      : [place]
    for (const file of files) {
      if (file.includes('node_modules')) continue
      const { size, mtimeMs } = statSync(file)
      hash.update(`${file} ${size} ${mtimeMs}\n`)
    }
  }
  return hash.digest('hex')
}

// The benchmarks are built too: `yujing bench` runs them against the built service.
const SERVICE = ['src', 'detectors', 'test/bench', 'test/support', 'tsconfig.json', 'tsconfig.build.json']
const CONSOLE = ['dashboards/console']

function serviceIsStale() {
  return readOr('dist/.service', '') !== sourcesFingerprint(SERVICE)
}

async function buildService() {
  const fingerprint = sourcesFingerprint(SERVICE)
  // The compiler's notes go with its output: by them it would leave out every file that has not changed.
  for (const output of ['dist/src', 'dist/detectors', 'dist/test', 'dist/.tsbuildinfo'])
    rmSync(output, { recursive: true, force: true })
  // Types are checked under `npm test`; here only the translation counts.
  await run(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json', '--noCheck'])
  chmodSync('dist/src/main.js', 0o755)
  const link = 'node_modules/.bin/yujing'
  rmSync(link, { force: true })
  symlinkSync('../../dist/src/main.js', link)
  writeFileSync('dist/.service', fingerprint)
}

function consoleIsStale() {
  return existsSync('dashboards/console/index.html') && readOr('dist/.console', '') !== sourcesFingerprint(CONSOLE)
}

async function buildConsole() {
  const fingerprint = sourcesFingerprint(CONSOLE)
  await run(process.execPath, ['node_modules/vite/bin/vite.js', 'build', 'dashboards/console', '--logLevel', 'error'])
  writeFileSync('dist/.console', fingerprint)
}

// nats-server

function onPath(name) {
  return (process.env.PATH ?? '').split(delimiter).some((directory) => existsSync(join(directory, name)))
}

function natsMissing() {
  return !onPath('nats-server') && !existsSync('.tools/nats-server')
}

const NATS_BY_HAND =
  'install nats-server 2.9 or newer and put it on PATH (Debian: apt-get install nats-server), or place the program at .tools/nats-server'

async function installNats() {
  if (!onPath('apt-get') || !onPath('dpkg-deb'))
    throw new SetUpError(`nats-server is missing and this is no Debian system: ${NATS_BY_HAND}`)
  const place = join(root, '.tools', `nats-${process.pid}`)
  mkdirSync(place, { recursive: true })
  try {
    const download = () => run('apt-get', ['download', 'nats-server'], { cwd: place })
    try {
      await download()
    } catch (error) {
      if (!isRoot)
        throw new SetUpError(
          `nats-server cannot be downloaded (${String(error.stderr).trim()}): run apt-get update as root, or ${NATS_BY_HAND}`,
        )
      await run('apt-get', ['update'])
      await download()
    }
    const archive = readdirSync(place).find((name) => name.endsWith('.deb'))
    await run('dpkg-deb', ['-x', join(place, archive), place])
    const found = ['usr/sbin/nats-server', 'usr/bin/nats-server'].map((name) => join(place, name)).find(existsSync)
    if (!found) throw new SetUpError(`the package of nats-server holds no program: ${NATS_BY_HAND}`)
    renameSync(found, '.tools/nats-server')
  } finally {
    rmSync(place, { recursive: true, force: true })
  }
}

// Chromium, for the browser test

function chromiumMissing() {
  if (process.env.CHROMIUM && existsSync(process.env.CHROMIUM)) return false
  return !['chromium', 'chromium-browser', 'google-chrome'].some(onPath)
}

async function installChromium() {
  if (!isRoot || !onPath('apt-get'))
    throw new SetUpError(
      'the browser test needs Chromium: run apt-get install chromium as root, or name a browser in CHROMIUM',
    )
  const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const install = () =>
    spawnSync('apt-get', ['install', '-y', '--no-install-recommends', 'chromium', 'fonts-noto-cjk'], {
      env: environment,
    })
  if (install().status === 0) return
  spawnSync('apt-get', ['update'], { env: environment })
  const again = install()
  if (again.status !== 0) throw new SetUpError(`Chromium could not be installed: ${String(again.stderr).trim()}`)
}

/** Runs side by side; fails with the first failure, but only when all have ended: none may work on without the lock. */
async function together(...works) {
  for (const { status, reason } of await Promise.allSettled(works)) if (status === 'rejected') throw reason
}

async function packagesThenBuild() {
  await step('npm packages', packagesMissing, installPackages)
  await together(
    step('build of the service', serviceIsStale, buildService),
    step('build of the console', consoleIsStale, buildConsole),
  )
}

// The steps run from here, after the constants above exist.
try {
  requireNode()
  await underLock(async () => {
    await together(packagesThenBuild(), step('nats-server', natsMissing, installNats))
    // apt knows one call at a time, so Chromium waits for nats-server.
    if (withTests) await step('Chromium', chromiumMissing, installChromium)
  })
} catch (error) {
  const text =
    error instanceof SetUpError ? error.message : `set-up failed: ${error.stderr || error.stdout || error.stack}`
  process.stderr.write(`yujing: ${text.trim()}\n`)
  process.exit(1)
}
