/**
 * A worker thread of the ClickHouse child: runs one statement at a time in the engine.
 *
 * Threads, because the engine starts a streamed query synchronously and computes scalar subqueries while it does: on the
 * thread of the HTTP server one such query would keep even /ping waiting.
 *
 *     server -> worker   {run: job}        {next: true}   the reader wants another chunk
 *                        {cancel: true}    stop at the next chunk
 *                        {close: true}     release the engine
 *     worker -> server   {ready} | {chunk} | {done: totals} | {failed: {code, message}} | {closed}
 */
import { parentPort, workerData } from 'node:worker_threads'
import { Session } from 'chdb'

const { path, connectionArgs } = workerData

/** Keeps the engine open between statements: the last session to close takes the engine down with it. */
const base = new Session(path, { connectionArgs })

let wanted = () => {}
let cancelled = false

/** Hands a chunk over and waits until the reader asks for more. */
async function deliver(bytes) {
  if (bytes.length === 0) return
  const own = new Uint8Array(bytes) // memory of the engine cannot be transferred
  const asked = new Promise((resolve) => {
    wanted = resolve
  })
  parentPort.postMessage({ chunk: own }, [own.buffer])
  await asked
}

async function runStream(session, { sql, format }) {
  let rows = 0
  let bytes = 0
  const stream = session.queryStream(sql, { format })
  for await (const chunk of stream) {
    rows += chunk.numRows
    bytes += chunk.numBytes
    await deliver(chunk.raw())
    if (cancelled) break
  }
  return { result_rows: rows, result_bytes: bytes }
}

async function runWhole(session, { sql, format }) {
  const result = await session.queryAsync(sql, { format })
  const bytes = result.bytes()
  await deliver(bytes)
  return { read_rows: result.rowsRead, read_bytes: result.bytesRead, result_bytes: bytes.length }
}

async function runInsert(session, { insert, body }) {
  const { rowsWritten, bytesWritten } = await session.insert({ ...insert, values: Buffer.from(body) })
  return { written_rows: rowsWritten, written_bytes: bytesWritten }
}

/** As few statements as can be: one costs as much as a lookup. */
function setUpOf({ database, settings }) {
  const use = database === '' ? [] : [`USE \`${database.replace(/[\\`]/g, '\\$&')}\``]
  return settings.length === 0 ? use : [...use, `SET ${settings.join(', ')}`]
}

/** The engine cannot stream every statement that begins like a query; it says so before it has done anything. */
const NOT_STREAMABLE = 'Streaming query is not supported'

async function run(job) {
  // A session of its own for each statement (about a millisecond): settings and parameters of one never reach another.
  const session = new Session(path, { connectionArgs })
  try {
    for (const sql of setUpOf(job)) await session.queryAsync(sql, { format: 'Null' })
    if (job.insert) return await runInsert(session, job)
    if (!job.streams) return await runWhole(session, job)
    try {
      return await runStream(session, job)
    } catch (error) {
      if (!String(error?.message).includes(NOT_STREAMABLE)) throw error
      return await runWhole(session, job)
    }
  } finally {
    session.close()
  }
}

/** ClickHouse's own code and text, whatever class the binding wrapped them in. */
function describe(error) {
  const message = String(error?.message ?? error)
  const code = Number(/^Code: (\d+)\./.exec(message)?.[1] ?? error?.clickhouseCode ?? 1002)
  return { code, message: message.startsWith('Code: ') ? message : `Code: ${code}. DB::Exception: ${message}` }
}

parentPort.on('message', async (message) => {
  if (message.next) wanted()
  if (message.cancel) {
    cancelled = true
    wanted()
  }
  if (message.close) {
    base.close()
    parentPort.postMessage({ closed: true })
  }
  if (message.run) {
    cancelled = false
    try {
      parentPort.postMessage({ done: await run(message.run) })
    } catch (error) {
      parentPort.postMessage({ failed: describe(error) })
    }
  }
})
parentPort.postMessage({ ready: true })
