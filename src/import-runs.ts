import { Value } from '@sinclair/typebox/value'
import type { ConfigBucket } from './access/bucket-port.ts'
import type { Identity } from './access/identity.ts'
import { createMirror } from './access/mirror.ts'
import { YujingError } from './model/errors.ts'
import { type ImportBegin, type ImportProgress, ImportRun } from './model/import-run.ts'
import { formatTime } from './model/time.ts'
import type { Clock } from './telemetry/clock.ts'
import type { Logger } from './telemetry/logger.ts'

/** Runs kept of each identity; at the next beginning the oldest of them go. */
const RUNS_KEPT = 50
/** A run that says it is running and has been silent for so long is shown as stalled. */
const STALLED_MS = 60_000

const NOTHING_YET = { rows: 0, accepted: 0, duplicates: 0, rejected: 0, bytesDone: 0, rate: 0, remaining: null }

/** A run is told by one command, one word after the other, so the last one counts whatever a replica has seen of it. */
interface RunsBucket extends ConfigBucket {
  put(key: string, value: unknown): Promise<number>
}

/** The runs of imports in the configuration bucket, `import.<run>`; the port of `api` says what is promised. */
export function createImportRuns(options: { bucket: RunsBucket; clock: Clock; logger: Logger }) {
  const { bucket, clock, logger } = options
  const mirror = createMirror({ bucket, prefix: 'import.', schema: ImportRun, logger })
  const byAge = (a: ImportRun, b: ImportRun) => b.startedAt.localeCompare(a.startedAt) || b.id.localeCompare(a.id)

  function all(): ImportRun[] {
    return [...mirror.all()].map(([, { value }]) => value).sort(byAge)
  }

  async function keep(run: ImportRun): Promise<ImportRun> {
    mirror.apply(run.id, run, await bucket.put(`import.${run.id}`, run))
    return shown(run)
  }

  function shown(run: ImportRun): ImportRun {
    const isSilent = run.state === 'running' && clock.now() - Date.parse(run.updatedAt) > STALLED_MS
    return isSilent ? { ...run, state: 'stalled' } : run
  }

  async function forgetOldest(by: string): Promise<void> {
    const own = all().filter((run) => run.by === by)
    for (const { id } of own.slice(RUNS_KEPT - 1)) {
      await bucket.delete(`import.${id}`)
      mirror.apply(id, null, (mirror.get(id)?.revision ?? 0) + 1)
    }
  }

  return {
    start: () => mirror.start(),
    stop: () => mirror.stop(),

    list: (identity: Identity) =>
      all()
        .filter((run) => identity.role === 'admin' || run.by === identity.id)
        .map(shown),

    async begin(id: string, begin: ImportBegin, { id: by }: Identity): Promise<ImportRun> {
      const now = formatTime(clock.now())
      const known = mirror.get(id)?.value
      if (known !== undefined) {
        if (known.by !== by) throw new YujingError('not-found', 'This run is not yours; choose another id.')
        return await keep({ ...known, state: 'running', message: null, updatedAt: now })
      }
      await forgetOldest(by)
      const { undoes = null, ...rest } = begin
      return await keep({
        ...NOTHING_YET,
        ...rest,
        id,
        undoes,
        by,
        startedAt: now,
        updatedAt: now,
        state: 'running',
        message: null,
      })
    },

    async tell(id: string, progress: ImportProgress, identity: Identity): Promise<ImportRun> {
      const known = mirror.get(id)?.value
      if (known === undefined || known.by !== identity.id)
        throw new YujingError('not-found', `There is no run ${id} of yours.`)
      const { message = null, ...rest } = progress
      const run = { ...known, ...rest, message, updatedAt: formatTime(clock.now()) }
      if (!Value.Check(ImportRun, run)) throw new YujingError('request.invalid')
      return await keep(run)
    },
  }
}
