import { readFileSync } from 'node:fs'

/** Most the service may hold in memory, MiB, whatever comes; and when it has come to rest again. */
export const PEAK_MIB = 1_500
export const REST_MIB = 900

/** Resident memory of a process, MiB. */
export function residentMiB(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) / 1024
}

/** Watches a process until stopped. */
export function watchMemory(pid: number): { peakMiB(): number; stop(): void } {
  let peak = 0
  const timer = setInterval(() => {
    peak = Math.max(peak, residentMiB(pid))
  }, 100)
  return { peakMiB: () => peak, stop: () => clearInterval(timer) }
}
