/**
 * Runs a TypeScript file of the tests in a process of its own, from source: `node run-typescript.mjs FILE ...`. The
 * file's `main(...arguments)` is called and its pending work keeps the process alive.
 */
import { resolve } from 'node:path'
import { runnerImport } from 'vite'

const [file, ...rest] = process.argv.slice(2)
const { module } = await runnerImport(resolve(file), { configFile: false, logLevel: 'error' })
await module.main(...rest)
