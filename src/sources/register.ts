import { createHash } from 'node:crypto'
import { areaName } from '../model/area.ts'
import type { CompletenessControl, SourceControl } from '../model/control.ts'
import { RevisionConflict, YujingError } from '../model/errors.ts'
import { isUnderPrefix, type SourceRecord, type SourceRegistration } from '../model/source.ts'
import { formatTime } from '../model/time.ts'
import type { Clock } from '../telemetry/clock.ts'
import { SOURCE_LIMITS } from './limits.ts'
import type { Mirrored, RecordBucket } from './ports.ts'

/** A change of the register, as it stands in the log: who did what, without the people to call. */
export type SourceChange = SourceControl['data']

/** The registered sources. */
export interface SourceRegister {
  all(): readonly SourceRecord[]
  /** The registered source a `source` belongs to: the longest prefix; null for one that nobody has registered. */
  find(source: string): SourceRecord | null
  /**
   * Registers, or changes what was said; the whole of it each time.
   *
   * @throws YujingError `request.invalid` for an area or a detector that is none; `revision.stale` when another
   * administrator was faster; `log.unavailable` when the change could not be written down
   */
  put(registration: SourceRegistration, by: string): Promise<SourceRecord>
  /**
   * Everything of the source up to `through` has been sent. The mark is in the log when this resolves.
   *
   * @param name of a registered source
   * @throws YujingError `not-found`; `request.invalid` for a mark ahead of the clock or behind the last one
   */
  complete(name: string, through: number, by: string): Promise<SourceRecord>
  /** The register has changed: what was looked up before may not hold. */
  changed(): void
}

export interface RegisterOptions {
  readonly records: Mirrored<SourceRecord>
  readonly bucket: RecordBucket
  readonly clock: Clock
  readonly isDetector: (id: string) => boolean
  /** Writes the change into the log, before it holds. */
  readonly tell: (change: SourceChange) => Promise<void>
  /** Writes the mark into the log: from there on detection knows. */
  readonly mark: (mark: CompletenessControl['data']) => Promise<void>
}

/** A source's id in the bucket, whose keys take no slashes at their ends. */
export function sourceId(name: string): string {
  return createHash('sha256').update(name).digest('hex').slice(0, 16)
}

export function createSourceRegister(options: RegisterOptions): SourceRegister {
  const { records, bucket, clock } = options
  const found = new Map<string, SourceRecord | null>()
  /** Asked for with every request. */
  let sorted: SourceRecord[] | null = null

  function changed(): void {
    found.clear()
    sorted = null
  }

  function find(source: string): SourceRecord | null {
    const known = found.get(source)
    if (known !== undefined) return known
    let best: SourceRecord | null = null
    for (const [, { value }] of records.all()) {
      if (isUnderPrefix(source, value.name) && value.name.length > (best?.name.length ?? 0)) best = value
    }
    if (found.size >= SOURCE_LIMITS.knownSources) found.clear()
    found.set(source, best)
    return best
  }

  /** @param revision of what it replaces, 0 for nothing */
  async function save(record: SourceRecord, revision: number): Promise<SourceRecord> {
    const id = sourceId(record.name)
    const key = `source.${id}`
    try {
      const next = revision === 0 ? await bucket.create(key, record) : await bucket.update(key, record, revision)
      records.apply(id, record, next)
      changed()
      return record
    } catch (error) {
      if (!(error instanceof RevisionConflict)) throw error
      throw new YujingError('revision.stale', 'The source has changed meanwhile; read it again.')
    }
  }

  return {
    find,
    all() {
      sorted ??= [...records.all()].map(([, { value }]) => value).sort((a, b) => a.name.localeCompare(b.name))
      return sorted
    },
    changed,

    async put(registration, by) {
      refuseUnknown(registration, options.isDetector)
      const before = records.get(sourceId(registration.name))
      const at = formatTime(clock.now())
      const record: SourceRecord = {
        ...registration,
        createdAt: before?.value.createdAt ?? at,
        createdBy: before?.value.createdBy ?? by,
        updatedAt: at,
        updatedBy: by,
        complete: before?.value.complete ?? null,
      }
      const changed = changedMembers(before?.value ?? null, registration)
      const { name: source, strong, detectors } = registration
      await options.tell({ source, by, changed, strong, detectors })
      return await save(record, before?.revision ?? 0)
    },

    async complete(name, through, by) {
      const before = records.get(sourceId(name))
      if (before === null)
        throw new YujingError('not-found', 'No source of this name is registered; register it first.')
      const now = clock.now()
      if (through > now) throw new YujingError('request.invalid', 'through lies ahead; mark what has been sent.')
      const last = before.value.complete
      if (last !== null && through < Date.parse(last.through)) {
        throw new YujingError('request.invalid', `through lies behind the last mark, ${last.through}.`)
      }
      await options.mark({ source: name, through, by })
      const complete = { through: formatTime(through), markedAt: formatTime(now), markedBy: by }
      return await save({ ...before.value, complete }, before.revision)
    },
  }
}

function refuseUnknown({ areas, detectors }: SourceRegistration, isDetector: (id: string) => boolean): void {
  const area = areas === 'all' ? undefined : areas.find((code) => areaName(code) === null)
  if (area !== undefined) {
    throw new YujingError(
      'request.invalid',
      `areas: "${area}" is no area known here; give GB/T 2260 codes such as 140100.`,
    )
  }
  const detector = detectors.find((id) => !isDetector(id))
  if (detector !== undefined) {
    throw new YujingError(
      'request.invalid',
      `detectors: there is no detector "${detector}"; GET /v1/detectors lists them.`,
    )
  }
}

function changedMembers(before: SourceRecord | null, now: SourceRegistration): string[] {
  const same = (name: keyof SourceRegistration) => JSON.stringify(before?.[name]) === JSON.stringify(now[name])
  return (Object.keys(now) as (keyof SourceRegistration)[]).filter((name) => before === null || !same(name)).sort()
}
