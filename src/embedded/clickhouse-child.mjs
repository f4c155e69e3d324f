/**
 * The embedded ClickHouse: the engine of `chdb` behind the part of ClickHouse's HTTP interface that the service uses.
 * Plain JavaScript, so that it runs the same beside the sources (tests) and in production.
 *
 * argv: JSON {path, port, sessions, memoryBytes, maxBodyBytes}; the password comes in the environment, which unlike argv no
 * other user of the machine can read. Prints one line when it listens: {"listening": port, "version": ...}.
 * SIGTERM: finishes what runs (after STOP_GRACE_MS it is cancelled), refuses what comes, closes the engine, ends.
 */
import { randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import { ABORTED, EngineError, UNKNOWN_EXCEPTION } from './clickhouse-errors.mjs'
import { openPool } from './clickhouse-pool.mjs'
import { authenticate, readBody, toJob } from './clickhouse-request.mjs'

const STOP_GRACE_MS = 6_000
/** Parameters stand in the URL; ClickHouse's own limit for it is one MiB too. */
const MAX_HEADER_BYTES = 1024 * 1024

const { path, port, sessions, memoryBytes, maxBodyBytes } = JSON.parse(process.argv[2])
const credentials = { username: 'yujing', password: process.env.YUJING_CLICKHOUSE_PASSWORD }
const pool = await openPool({
  path,
  sessions,
  connectionArgs: [
    `--max_server_memory_usage=${memoryBytes}`,
    `--max_memory_usage=${Math.floor(memoryBytes * 0.7)}`,
    `--max_bytes_before_external_sort=${Math.floor(memoryBytes * 0.2)}`,
    `--max_bytes_before_external_group_by=${Math.floor(memoryBytes * 0.2)}`,
    `--mark_cache_size=${Math.floor(memoryBytes * 0.1)}`,
    '--background_pool_size=2',
    '--async_insert=0',
  ],
})

const running = new Set()
let stopping = false

/** Runs one request; whatever goes wrong before the first byte becomes an answer with its code. */
async function serve(request, response) {
  const parameters = new URL(request.url, 'http://localhost').searchParams
  const queryId = parameters.get('query_id') || randomUUID()
  response.setHeader('X-ClickHouse-Query-Id', queryId)
  response.setHeader('X-ClickHouse-Server-Display-Name', 'yujing')
  const gone = new AbortController()
  try {
    if (stopping) throw new EngineError(ABORTED, 'The server is stopping')
    authenticate(request.headers, parameters, credentials)
    const body = await readBody(request, maxBodyBytes)
    const job = toJob({ method: request.method, headers: request.headers, parameters, body })
    running.add(gone)
    // A change that has begun runs to its end though nobody waits for the answer: its sender will send it again.
    response.on('close', () => !response.writableFinished && job.streams && gone.abort())
    await answer(job, response, gone.signal)
  } catch (error) {
    fail(
      response,
      error instanceof EngineError ? error : new EngineError(UNKNOWN_EXCEPTION, String(error?.message ?? error)),
    )
  } finally {
    running.delete(gone)
  }
}

async function answer(job, response, signal) {
  const started = process.hrtime.bigint()
  response.setHeader('X-ClickHouse-Format', job.format)
  response.setHeader('X-ClickHouse-Timezone', 'UTC')
  // Lets the client tell an error in the middle of a result from a row.
  response.setHeader('X-ClickHouse-Exception-Tag', randomUUID().replaceAll('-', '').slice(0, 16))
  response.setHeader('Content-Type', job.format.startsWith('JSON') ? 'application/json; charset=UTF-8' : 'text/plain')
  const totals = await pool.run(
    job,
    async (chunk) => {
      if (!response.headersSent) response.setHeader('X-ClickHouse-Summary', summary({}, started))
      if (!response.write(chunk)) await drained(response)
    },
    signal,
  )
  if (!response.headersSent) response.setHeader('X-ClickHouse-Summary', summary(totals, started))
  response.end()
}

/** Resolves when the reader has caught up, or is gone. */
function drained(response) {
  return new Promise((resolve) => {
    const settle = () => {
      response.off('drain', settle).off('close', settle)
      resolve()
    }
    if (response.destroyed) resolve()
    else response.on('drain', settle).on('close', settle)
  })
}

/** Numbers as decimal strings, as ClickHouse sends them. */
function summary(totals, started) {
  const names = ['read_rows', 'read_bytes', 'written_rows', 'written_bytes', 'total_rows_to_read', 'result_rows']
  const entries = [...names, 'result_bytes'].map((name) => [name, String(totals[name] ?? 0)])
  return JSON.stringify({ ...Object.fromEntries(entries), elapsed_ns: String(process.hrtime.bigint() - started) })
}

function fail(response, error) {
  if (response.destroyed) return
  if (!response.headersSent) {
    // The rest of a refused body is not read: the connection cannot be used again.
    if (!response.req.complete) response.setHeader('Connection', 'close')
    response.removeHeader('X-ClickHouse-Exception-Tag')
    response.writeHead(error.status, {
      'X-ClickHouse-Exception-Code': String(error.code),
      'Content-Type': 'text/plain',
    })
    response.end(`${error.message}\n`)
    return
  }
  const tag = response.getHeader('X-ClickHouse-Exception-Tag')
  const text = `${error.message}\n`
  response.end(`\r\n__exception__\r\n${tag}\r\n${text}${Buffer.byteLength(text)} ${tag}\r\n__exception__\r\n`)
}

const server = createServer({ maxHeaderSize: MAX_HEADER_BYTES, requestTimeout: 0 }, (request, response) => {
  request.on('error', () => {})
  if (request.url.split('?', 1)[0] === '/ping') response.end('Ok.\n')
  else if (request.method === 'GET' || request.method === 'POST') void serve(request, response)
  else response.writeHead(405).end()
})

process.on('SIGTERM', async () => {
  if (stopping) return
  stopping = true
  const closed = new Promise((resolve) => server.close(resolve))
  server.closeIdleConnections()
  setTimeout(() => {
    for (const gone of running) gone.abort()
  }, STOP_GRACE_MS).unref()
  while (running.size > 0) await new Promise((resolve) => setTimeout(resolve, 10))
  server.closeIdleConnections()
  await Promise.race([closed, new Promise((resolve) => setTimeout(resolve, 500).unref())])
  await pool.close()
  // The binding's own end crashes once it has lived in several threads (seen with chdb 3.4); the engine is closed by now.
  process.kill(process.pid, 'SIGKILL')
})
process.on('SIGINT', () => {})

server.listen(port, '127.0.0.1', () =>
  process.stdout.write(`${JSON.stringify({ listening: server.address().port })}\n`),
)
