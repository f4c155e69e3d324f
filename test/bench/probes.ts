import WebSocket from 'ws'
import type { Service } from '../support/service.ts'
import { post, probeCode, probeComplaint, SURGE } from './sentinel.ts'

/** Milliseconds of one probe: from the POST to its answer, and to the frame that shows its alert. */
export interface Probe {
  readonly answer: number
  readonly frame: number
}

/** Measures the way from the door to a client of the live feed. */
export interface Probes {
  /** Everything measured since the last call. */
  take(): Probe[]
  /** Sends no more; resolves to how many were sent when every frame has come. Rejects when one did not come in time. */
  finish(): Promise<number>
}

/** Subjects below this belong to the sentinels. */
const FIRST_SUBJECT = 10
const LAST_FRAME_MS = 30_000
/** Subjects are told of in requests of so many lines. */
const PREPARED_AT_ONCE = 500

/**
 * Lets so many enterprises stand one complaint before an alert each, so that one more of them opens it.
 *
 * @returns the number of events posted
 */
export async function prepareProbes(service: Service, run: string, from: number, count: number): Promise<number> {
  let lines: string[] = []
  for (let subject = from; subject < from + count; subject += 1) {
    for (let person = 1; person < SURGE; person += 1) lines.push(probeComplaint(run, FIRST_SUBJECT + subject, person))
    if (lines.length < PREPARED_AT_ONCE && subject < from + count - 1) continue
    await post(service, lines.join(''))
    lines = []
  }
  return count * (SURGE - 1)
}

/** Posts the decisive complaint of one prepared enterprise after the other, at even times, over a real feed client. */
export async function startProbes(
  service: Service,
  o: { readonly run: string; readonly from: number; readonly count: number; readonly everyMs: number },
): Promise<Probes> {
  const waiting = new Map<string, (at: number) => void>()
  let measured: Probe[] = []
  const socket = new WebSocket(`${service.url.replace('http', 'ws')}/v1/live`, {
    headers: { authorization: `Bearer ${service.adminKey}` },
  })
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject)
    socket.once('open', () => socket.send(JSON.stringify({ type: 'subscribe' })))
    socket.on('message', (data) => {
      const at = performance.now()
      const message = JSON.parse(String(data)) as { type: string; alert?: { subject: { key: string } } }
      if (message.type === 'hello') resolve()
      if (message.type === 'alert') waiting.get(message.alert?.subject.key ?? '')?.(at)
    })
  })

  async function probe(subject: number): Promise<void> {
    const code = probeCode(subject)
    const line = probeComplaint(o.run, subject, SURGE)
    const shown = new Promise<number>((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`the alert of ${code} never came over the feed`)), LAST_FRAME_MS)
      waiting.set(code, (at) => {
        clearTimeout(late)
        waiting.delete(code)
        resolve(at)
      })
    })
    const started = performance.now()
    const [answer, frame] = await Promise.all([post(service, line).then(() => performance.now()), shown])
    measured.push({ answer: answer - started, frame: frame - started })
  }

  const under: Promise<void>[] = []
  let next = o.from
  const sending = setInterval(() => {
    if (next >= o.from + o.count) return
    const one = probe(FIRST_SUBJECT + next++)
    one.catch(() => {})
    under.push(one)
  }, o.everyMs)
  return {
    take() {
      const taken = measured
      measured = []
      return taken
    },
    async finish() {
      clearInterval(sending)
      try {
        return (await Promise.all(under)).length
      } finally {
        socket.close()
      }
    },
  }
}
