import { setTimeout as sleep } from 'node:timers/promises'
import WebSocket from 'ws'
import { complaint, creditCode } from '../../support/world.ts'
import { createSource } from '../traffic.ts'
import { justNow, type World } from '../world.ts'
import type { Fault } from './fault.ts'

const BATCH = 2_000
const LANES = 2
const PROBE_EVERY_MS = 250

let imports = 0

/** Years of history come in beside the live events, which must not queue behind them. */
export const importBesideLive = (events: number): Fault => ({
  name: 'import beside live',
  weight: 1,
  target: 'all',
  async run(world, random) {
    imports += 1
    const source = createSource(`/chaos/import-${imports}`, random, { backfill: true, now: world.clock.now })
    const over = new AbortController()
    const probing = probe(world, over.signal)
    const before = await toFinding(world)
    const started = performance.now()
    const lane = async () => {
      while (source.made < events) {
        const batch = source.make(Math.min(BATCH, events - source.made))
        world.made.set(source.name, source.made)
        await world.sender.send(batch)
      }
    }
    await Promise.all(Array.from({ length: LANES }, lane))
    const seconds = (performance.now() - started) / 1_000
    const after = await toFinding(world)
    over.abort()
    const times = (await probing).sort((a, b) => a - b)
    const at = (share: number) =>
      `${Math.round(times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0)} ms`
    world.figures.push(
      `${events} imported in ${seconds.toFixed(1)} s; meanwhile live to the frame, ${times.length} probes: ` +
        `p50 ${at(0.5)}, p99 ${at(0.99)}, most ${at(1)}; ` +
        `of that to the finding ${Math.round((1_000 * (after.sum - before.sum)) / Math.max(1, after.count - before.count))} ms in the mean`,
    )
  },
})

/** Seconds from the door to the finding, as the service itself counts them: which part of the way is slow. */
async function toFinding({ service }: World): Promise<{ sum: number; count: number }> {
  const metrics = await (await service.request('/metrics')).text()
  const figure = (name: string) => {
    const line = new RegExp(`^yujing_ingest_to_finding_seconds_${name} (\\S+)$`, 'm').exec(metrics)
    return Number(line?.[1] ?? 0)
  }
  return { sum: figure('sum'), count: figure('count') }
}

/** Raises an alert again and again and measures from the request to the frame that tells it, milliseconds. */
async function probe({ service, sender, made, clock }: World, signal: AbortSignal): Promise<number[]> {
  const source = `/chaos/probe-${imports}`
  const due = new Map<string, number>()
  const times: number[] = []
  const socket = new WebSocket(`${service.url.replace('http', 'ws')}/v1/live`, {
    headers: { authorization: `Bearer ${service.adminKey}` },
  })
  socket.on('open', () => socket.send('{"type":"subscribe"}'))
  socket.on('error', () => {})
  socket.on('message', (data) => {
    const { type, alert } = JSON.parse(data.toString()) as { type: string; alert?: { subject: { key: string } } }
    const since = type === 'alert' && due.get(alert?.subject.key ?? '')
    if (!since) return
    times.push(performance.now() - since)
    due.delete(alert?.subject.key ?? '')
  })
  await new Promise((resolve) => socket.once('open', resolve))
  let sent = 0
  for (let count = 1; !signal.aborted; count++) {
    const subject = creditCode(1_000_000 * imports + count)
    const events = Array.from({ length: 5 }, (_, at) => {
      sent += 1
      const told = complaint(subject, { id: String(sent), time: justNow({ clock }), phone: `1360000000${at}` })
      return { ...told, source }
    })
    made.set(source, sent)
    due.set(subject, performance.now())
    await sender.send(events)
    await sleep(PROBE_EVERY_MS, undefined, { signal }).catch(() => {})
  }
  for (let patience = 100; due.size > 0 && patience > 0; patience--) await sleep(100)
  socket.terminate()
  return times
}
