/** The load generator, in a process of its own so that its CPU is told apart: sends prepared bodies, reads answers. */
import { type FileHandle, open } from 'node:fs/promises'
import { Agent, request } from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'
import type { FromGenerator, Order, Tally } from './generator-messages.ts'

type Writable = { -readonly [K in keyof Tally]: Tally[K] }

process.once('message', (order: Order) => void send(order))
// Whoever started it is gone: nobody is left to send for.
process.once('disconnect', () => process.exit(1))

async function send(order: Order): Promise<void> {
  const tally: Writable = { requests: 0, accepted: 0, duplicates: 0, rejected: 0, failed: 0, failure: '' }
  const answers: number[] = []
  const agent = new Agent({ keepAlive: true })
  const file = await open(order.file)
  const say = (message: FromGenerator) => process.send?.(message)
  const telling = setInterval(() => say({ type: 'progress', tally: { ...tally } }), 1_000)
  const cpuBefore = process.cpuUsage()
  const started = performance.now()
  const left = () => performance.now() - started < order.seconds * 1_000
  const source = bodies(file, order)
  const post = async (body: Buffer) => {
    const at = performance.now()
    await deliver(order, agent, body, tally)
    answers.push(performance.now() - at)
  }

  let latest = 0
  async function keepSending(): Promise<void> {
    for (let body = await source(); body !== null && left(); body = await source()) await post(body)
  }
  async function sendInTime(): Promise<void> {
    const under: Promise<void>[] = []
    const everyMs = (order.batch / order.rate) * 1_000
    let body = await source()
    for (let count = 0; body !== null && left(); count++) {
      const due = started + count * everyMs
      const early = due - performance.now()
      if (early > 0) await wait(early)
      latest = Math.max(latest, performance.now() - due)
      under.push(post(body))
      body = await source()
    }
    await Promise.all(under)
  }
  await (order.rate > 0 ? sendInTime() : Promise.all(Array.from({ length: order.inFlight }, keepSending)))

  const seconds = (performance.now() - started) / 1_000
  const { user, system } = process.cpuUsage(cpuBefore)
  clearInterval(telling)
  await file.close()
  agent.destroy()
  process.removeAllListeners('disconnect')
  process.send?.(
    { type: 'done', tally, cpu: (user + system) / 1e6, seconds, answers, latest } satisfies FromGenerator,
    () => process.disconnect(),
  )
}

/** Hands out one body after the other; null when there are no more. */
function bodies(file: FileHandle, { lengths }: Order): () => Promise<Buffer | null> {
  let index = 0
  let offset = 0
  return async () => {
    const length = lengths[index]
    if (length === undefined) return null
    const from = offset
    index += 1
    offset += length
    const body = Buffer.allocUnsafe(length)
    await file.read(body, 0, length, from)
    return body
  }
}

/** One request; what is not taken for lack of room or log is sent again, as CONTRACT 4 asks of sources. */
async function deliver(order: Order, agent: Agent, body: Buffer, tally: Writable): Promise<void> {
  for (;;) {
    const { status, text } = await exchange(order, agent, body)
    tally.requests += 1
    if (status === 202) {
      const answer = JSON.parse(text) as { accepted: number; duplicates: number; rejected: { message: string }[] }
      tally.accepted += answer.accepted
      tally.duplicates += answer.duplicates
      tally.rejected += answer.rejected.length
      tally.failure ||= answer.rejected[0]?.message ?? ''
      return
    }
    tally.failed += 1
    tally.failure ||= `${status}: ${text.slice(0, 300)}`
    if (status !== 503 && status !== 429) return
    await wait(100)
  }
}

function exchange(order: Order, agent: Agent, body: Buffer): Promise<{ status: number; text: string }> {
  return new Promise((resolve) => {
    const sent = request(
      `${order.url}/v1/events`,
      {
        method: 'POST',
        agent,
        headers: {
          authorization: `Bearer ${order.key}`,
          'content-type': 'application/x-ndjson',
          'content-length': body.length,
        },
      },
      (response) => {
        const parts: Buffer[] = []
        response.on('data', (part: Buffer) => parts.push(part))
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, text: Buffer.concat(parts).toString('utf8') }),
        )
      },
    )
    sent.on('error', (error) => resolve({ status: 0, text: error.message }))
    sent.end(body)
  })
}
