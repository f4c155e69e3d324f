import { execFileSync } from 'node:child_process'
import { readFileSync, readlinkSync } from 'node:fs'
import { kill, platform } from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'

/**
 * A process that is still recognised after its pid has been given to another: `startTime` is opaque (boot and clock
 * ticks on Linux, the date of `ps` elsewhere), `executable` an absolute path where the system tells it.
 */
export interface ProcessIdentity {
  readonly pid: number
  readonly startTime: string
  readonly executable: string
}

/** Who runs under this pid now, or null when nobody does; a zombie (ended, not yet reaped) counts as nobody. */
export function identify(pid: number): ProcessIdentity | null {
  try {
    return platform === 'linux' ? fromProc(pid) : fromPs(pid)
  } catch {
    return null
  }
}

function fromProc(pid: number): ProcessIdentity | null {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  // The command's name stands in parentheses and may hold blanks and parentheses itself: the fields follow the last.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const [state, ticks] = [fields[0], fields[19]]
  if (state === 'Z' || state === 'X') return null
  const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
  return { pid, startTime: `${boot}/${ticks}`, executable: readlinkSync(`/proc/${pid}/exe`) }
}

function fromPs(pid: number): ProcessIdentity | null {
  const ask = (field: string) => execFileSync('ps', ['-o', `${field}=`, '-p', String(pid)], { encoding: 'utf8' }).trim()
  const startTime = ask('lstart')
  return startTime === '' || ask('stat').startsWith('Z') ? null : { pid, startTime, executable: ask('comm') }
}

/** Whether exactly this process still runs. */
export function isRunning(identity: ProcessIdentity): boolean {
  const now = identify(identity.pid)
  return now !== null && now.startTime === identity.startTime && now.executable === identity.executable
}

/**
 * Ends a process that need not be a child of ours: SIGTERM, after `graceMs` SIGKILL; resolves when it is gone. One that
 * no longer runs, or whose pid belongs to another now, is left alone.
 */
export async function endProcess(identity: ProcessIdentity, graceMs: number): Promise<void> {
  const pollMs = 20
  for (let waitedMs = 0; isRunning(identity); waitedMs += pollMs) {
    if (waitedMs === 0) signal(identity.pid, 'SIGTERM')
    else if (waitedMs >= graceMs) signal(identity.pid, 'SIGKILL')
    await sleep(pollMs)
  }
}

function signal(pid: number, name: 'SIGTERM' | 'SIGKILL'): void {
  try {
    kill(pid, name)
  } catch (error) {
    // ESRCH: it ended in this moment, which is what we want.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
