import type { Identity } from '../access/identity.ts'
import type { ImportBegin, ImportProgress, ImportRun } from '../model/import-run.ts'

/**
 * Runs of imports, as the commands tell them. Kept over restarts and shared by all replicas, the newest of each identity;
 * what is told is shown, and nothing depends on it. Writing methods may throw `log.unavailable`.
 */
export interface ImportRuns {
  /** Newest beginning first: those of everybody for an administrator, else one's own. */
  list(identity: Identity): ImportRun[]
  /** Begins a run, or goes on with one of one's own. Throws `not-found` for the run of somebody else. */
  begin(id: string, begin: ImportBegin, identity: Identity): Promise<ImportRun>
  /** Takes the place of what was told before. Throws `not-found` for a run that is not one's own. */
  tell(id: string, progress: ImportProgress, identity: Identity): Promise<ImportRun>
}
