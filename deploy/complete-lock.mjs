#!/usr/bin/env node
/**
 * Completes package-lock.json with the optional platform packages that the registry it was written from did not serve.
 *
 * A registry mirror that carries only its own platform makes `npm install` drop the others' entries, and `npm ci`
 * then refuses the lock everywhere. Run after each change of dependencies: `npm install NAME && npm run complete-lock`.
 * The entries added carry version, os, cpu and libc (read off the package name) but no integrity hash.
 */
import { readFileSync, writeFileSync } from 'node:fs'

const SYSTEMS = ['android', 'darwin', 'freebsd', 'linux', 'win32', 'openharmony', 'aix', 'netbsd', 'openbsd', 'sunos']
const CPUS = ['arm64', 'x64', 'arm', 'ia32', 'ppc64', 'riscv64', 's390x', 'wasm32', 'loong64', 'mips64el']
const LIBCS = { gnu: 'glibc', gnueabihf: 'glibc', musl: 'musl', musleabihf: 'musl' }

const lock = JSON.parse(readFileSync('package-lock.json', 'utf8'))
const added = {}
for (const entry of Object.values(lock.packages)) {
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    const place = `node_modules/${name}`
    if (lock.packages[place] || !/^\d/.test(version)) continue
    const words = name.split('/').at(-1).split(/[-.]/)
    const os = words.find((word) => SYSTEMS.includes(word))
    const cpu = words.find((word) => CPUS.includes(word))
    if (!os && !cpu) throw new Error(`${name}: no platform in its name`)
    const libc = words.map((word) => LIBCS[word]).find(Boolean)
    added[place] = {
      version,
      ...(cpu && { cpu: [cpu] }),
      ...(entry.dev && { dev: true }),
      ...(os === 'linux' && libc && { libc: [libc] }),
      optional: true,
      ...(os && { os: [os] }),
    }
  }
}
const packages = { ...lock.packages, ...added }
lock.packages = Object.fromEntries(Object.entries(packages).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
writeFileSync('package-lock.json', `${JSON.stringify(lock, null, 2)}\n`)
console.log(`${Object.keys(added).length} platform packages added to package-lock.json`)
