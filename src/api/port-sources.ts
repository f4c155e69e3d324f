import type { SourceRegistration, SourceView } from '../model/source.ts'

/** The sources, as the routes need them. */
export interface Sources {
  /** Registered ones, and others that have sent. */
  list(): Promise<readonly SourceView[]>
  /**
   * Registers a source or changes all that was said of it. Throws YujingError `request.invalid` for an area or a detector
   * that is none, `revision.stale` when somebody else was faster, `log.unavailable` when it could not be written down.
   */
  put(registration: SourceRegistration, by: string): Promise<SourceView>
  /**
   * Everything of a registered source that happened before `through` (epoch milliseconds) has been sent; the mark stands
   * in the log when this resolves. Throws YujingError `not-found`, `request.invalid`, `log.unavailable`.
   */
  complete(name: string, through: number, by: string): Promise<SourceView>
  /** Of the registered ones. */
  counts(): { readonly registered: number; readonly late: number; readonly silent: number }
}
