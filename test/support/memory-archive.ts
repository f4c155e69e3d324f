import type { AlertArchive, ArchivedAlert, ArchiveQuery } from '../../src/alerts/ports/alert-archive.ts'
import { matchesFilter } from '../../src/model/alert-filter.ts'
import { inArea } from '../../src/model/area.ts'
import { YujingError } from '../../src/model/errors.ts'
import { memoryOf } from '../../src/model/past-alert.ts'

/** The archive in memory, with the guarantees of the real one. `away`: nobody can ask it now. */
export class MemoryArchive implements AlertArchive {
  readonly #alerts = new Map<string, string>()
  away = false
  /** How often a list was asked for. */
  asked = 0
  /** Called after a write, before its answer: the place for somebody who is faster. */
  afterPut: (() => Promise<unknown>) | null = null

  async put(alerts: readonly ArchivedAlert[]): Promise<void> {
    await this.#reach()
    for (const alert of alerts) {
      const before = this.#all().find(({ value }) => value.id === alert.value.id)
      if (before !== undefined && changed(before) > changed(alert)) continue
      this.#alerts.set(alert.value.id, JSON.stringify(alert))
    }
    await this.afterPut?.()
  }

  async get(id: string): Promise<ArchivedAlert | null> {
    await this.#reach()
    return this.#all().find(({ value }) => value.id === id) ?? null
  }

  async list({ filter: { q: _q, ...filter }, areas, below, most }: ArchiveQuery): Promise<ArchivedAlert[]> {
    await this.#reach()
    this.asked += 1
    return this.#all()
      .filter(({ value, revision }) => matchesFilter(filter, { ...value, revision }))
      .filter(({ value }) => areas === 'all' || value.regions.some((region) => areas.some((a) => inArea(region, a))))
      .sort((a, b) => changed(b) - changed(a) || (a.value.id < b.value.id ? 1 : -1))
      .filter(
        (one) =>
          below === null ||
          changed(one) < below.updatedMs ||
          (changed(one) === below.updatedMs && one.value.id < below.id),
      )
      .slice(0, most)
  }

  async newest(): Promise<number | null> {
    await this.#reach()
    return this.#all().reduce<number | null>((newest, one) => Math.max(newest ?? 0, changed(one)), null)
  }

  async past(sinceMs: number) {
    await this.#reach()
    return this.#all()
      .filter((one) => changed(one) >= sinceMs)
      .map(({ value }) => memoryOf(value))
  }

  #all(): ArchivedAlert[] {
    return [...this.#alerts.values()].map((json) => JSON.parse(json) as ArchivedAlert)
  }

  async #reach(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve))
    if (this.away) throw new YujingError('store.unavailable')
  }
}

function changed({ value }: ArchivedAlert): number {
  return Date.parse(value.updatedAt)
}
