/**
 * The guard of one child process: ends the child when the service is gone, however the service ended.
 *
 * Started with an IPC channel, which is the pipe the service holds: the kernel closes it with the service, even after
 * SIGKILL. Plain JavaScript, so that it runs the same beside the sources (tests) and in production.
 *
 *     service -> guard   {start: {command, args, env}}   once
 *                        {stop: graceMs}                 SIGTERM now, SIGKILL after the grace
 *     guard -> service   {pid}                           the child runs
 *                        {failed: message}               it could not be started
 *                        {exited: {code, signal}}        it ended; the guard ends too
 */
import { spawn } from 'node:child_process'

/** What a child gets between SIGTERM and SIGKILL when nobody is left to say otherwise. */
const ORPHAN_GRACE_MS = 10_000

let child
let killer

function stop(graceMs) {
  if (!child) process.exit(0)
  child.kill('SIGTERM')
  clearTimeout(killer)
  killer = setTimeout(() => child.kill('SIGKILL'), graceMs)
}

/** Tells the service, if it is still there, then ends the guard. */
function finish(message) {
  clearTimeout(killer)
  if (process.connected) process.send(message, () => process.exit(0))
  else process.exit(0)
}

/** Passes the child's output on; without a reader it is drained, so that the child never blocks or dies of it. */
function forward(from, to) {
  from.pipe(to, { end: false })
  to.on('error', () => from.unpipe(to).resume())
}

function start({ command, args, env }) {
  child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'] })
  child.on('spawn', () => process.connected && process.send({ pid: child.pid }))
  child.on('error', (error) => child.pid === undefined && finish({ failed: error.message }))
  // `close`, not `exit`: the last lines of the child are forwarded first.
  child.on('close', (code, signal) => finish({ exited: { code, signal } }))
  forward(child.stdout, process.stdout)
  forward(child.stderr, process.stderr)
}

process.on('message', (message) => {
  if (message.start) start(message.start)
  else if (message.stop !== undefined) stop(message.stop)
})
process.on('disconnect', () => stop(ORPHAN_GRACE_MS))
process.on('SIGTERM', () => stop(ORPHAN_GRACE_MS))
process.on('SIGINT', () => {})
process.on('SIGHUP', () => {})
