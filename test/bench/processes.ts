import { readdirSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'

/** What a part of the running service has used up, and holds. */
export interface Usage {
  /** User and system time since its start, seconds. */
  readonly cpu: number
  /** Resident memory, bytes. */
  readonly rss: number
}

/** The processes of an embedded service; `busiestThread` is the one of the service beside its main thread. */
export type PartName = 'service' | 'nats-server' | 'clickhouse' | 'guards'
export interface ServiceUsage {
  readonly parts: Readonly<Record<PartName, Usage>>
  readonly mainThreadCpu: number
  readonly busiestThreadCpu: number
}

/** Clock ticks a second and bytes a page: fixed on every Linux that Node runs on (x64, and arm64 with 4 KiB pages). */
const TICKS = 100
const PAGE = 4_096

interface Stat {
  readonly parent: number
  readonly cpu: number
  readonly rss: number
}

/** `/proc/N/stat`: the name in brackets may hold spaces, so that the fields are counted from its end. */
function statOf(path: string): Stat | null {
  try {
    const text = readFileSync(path, 'utf8')
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
    const [parent, user, system, pages] = [1, 11, 12, 21].map((index) => Number(fields[index]))
    return { parent: parent ?? 0, cpu: ((user ?? 0) + (system ?? 0)) / TICKS, rss: (pages ?? 0) * PAGE }
  } catch {
    return null
  }
}

function partOf(pid: number): PartName | null {
  try {
    const [program = '', script = ''] = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
    if (basename(program) === 'nats-server') return 'nats-server'
    if (script.endsWith('clickhouse-child.mjs')) return 'clickhouse'
    return script.endsWith('guard.mjs') ? 'guards' : null
  } catch {
    return null
  }
}

/** Asks the kernel what the service of that process id and its children have used. */
export function usageOf(servicePid: number): ServiceUsage {
  const parts: Record<PartName, { cpu: number; rss: number }> = {
    service: { cpu: 0, rss: 0 },
    'nats-server': { cpu: 0, rss: 0 },
    clickhouse: { cpu: 0, rss: 0 },
    guards: { cpu: 0, rss: 0 },
  }
  const stats = new Map<number, Stat>()
  for (const name of readdirSync('/proc')) {
    const stat = /^\d+$/.test(name) ? statOf(`/proc/${name}/stat`) : null
    if (stat !== null) stats.set(Number(name), stat)
  }
  for (const [pid, { cpu, rss }] of stats) {
    const part = pid === servicePid ? 'service' : descends(pid, servicePid, stats) ? partOf(pid) : null
    if (part === null) continue
    parts[part].cpu += cpu
    parts[part].rss += rss
  }
  const threads = threadsOf(servicePid)
  const main = threads.get(servicePid) ?? 0
  threads.delete(servicePid)
  return { parts, mainThreadCpu: main, busiestThreadCpu: Math.max(0, ...threads.values()) }
}

function descends(pid: number, from: number, stats: ReadonlyMap<number, Stat>): boolean {
  for (let at = stats.get(pid)?.parent ?? 0; at > 1; at = stats.get(at)?.parent ?? 0) if (at === from) return true
  return false
}

function threadsOf(pid: number): Map<number, number> {
  const threads = new Map<number, number>()
  for (const name of readdirSync(`/proc/${pid}/task`)) {
    const stat = statOf(`/proc/${pid}/task/${name}/stat`)
    if (stat !== null) threads.set(Number(name), stat.cpu)
  }
  return threads
}
