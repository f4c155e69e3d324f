import { mkdirSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Logger } from '../telemetry/logger.ts'
import { type ChildRecord, readChildren, writeChildren } from './children-file.ts'
import { lockDirectory } from './directory-lock.ts'
import { type ChildSpecification, type GuardedChild, spawnGuarded } from './guarded-child.ts'
import { homeOf } from './home.ts'
import { endProcess, isRunning, type ProcessIdentity } from './processes.ts'

/** The service's own directory, held by this process alone until `release`. */
export interface DataDir {
  /** Absolute. */
  readonly path: string
  /** Its name among the data directories of all replicas; see `homeOf`. */
  readonly home: string
  /** Starts a program that may open a store in this directory; it ends with this process, whatever ends this process. */
  spawn(child: ChildSpecification): Promise<GuardedChild>
  /** Stops the children that still run, the youngest first, then gives the directory up. */
  release(): Promise<void>
}

const SURVIVOR_GRACE_MS = 10_000

/**
 * Takes the data directory (created 0700 when missing) and makes sure that nobody from an earlier life holds its stores:
 * nats-server takes no lock, and two on one directory both acknowledge while one's messages are lost.
 *
 * Throws `DirectoryOwned`, which names the owner, while another process holds it.
 */
export async function claimDataDir(path: string, { logger }: { logger: Logger }): Promise<DataDir> {
  const directory = resolve(path)
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  const lock = await lockDirectory(directory)
  try {
    await endSurvivors(readChildren(directory), logger)
  } catch (error) {
    lock.release()
    throw error
  }

  const records = new Map<number, ChildRecord>()
  const children = new Set<GuardedChild>()
  const save = () => writeChildren(directory, [...records.values()])
  const register = {
    add(name: string, { pid, startTime, executable }: ProcessIdentity) {
      records.set(pid, { name, pid, startTime, executable })
      save()
    },
    remove({ pid }: ProcessIdentity) {
      records.delete(pid)
      save()
    },
  }
  save()

  return {
    path: directory,
    home: homeOf(directory),
    async spawn(specification) {
      const child = await spawnGuarded(specification, register)
      children.add(child)
      child.exited.then(() => children.delete(child))
      return child
    },
    async release() {
      for (const child of [...children].reverse()) await child.stop()
      lock.release()
    },
  }
}

async function endSurvivors(records: readonly ChildRecord[], logger: Logger): Promise<void> {
  const survivors = records.filter(isRunning)
  for (const { name, pid } of survivors) logger.warn({ child: name, pid }, 'stopping a survivor of an earlier life')
  await Promise.all(survivors.map((survivor) => endProcess(survivor, SURVIVOR_GRACE_MS)))
}
