import { RevisionConflict } from '../../src/model/errors.ts'

interface Entry<T> {
  readonly value: T
  readonly revision: number
}

/**
 * A bucket in memory with the guarantees of the real one: one counter of revisions, compare-and-set, a watch in order
 * of revision. Values are kept as JSON, so nobody shares an object with it, and every call takes a turn of the event
 * loop, so that whoever is not careful is overtaken. `fail` lets the next writes reject, before or after they happened.
 */
export class MemoryBucket<T> {
  readonly #entries = new Map<string, { json: string | null; revision: number }>()
  readonly #watchers = new Set<() => void>()
  #revision = 0
  #failures: ('before' | 'after')[] = []
  /** Every write that happened, oldest first. */
  readonly writes: { readonly key: string; readonly revision: number; readonly at: number }[] = []
  /** Called after a read, before its answer: the place for somebody who is faster. */
  afterGet: ((key: string) => Promise<unknown>) | null = null
  /** Called once before the next write upon a revision, and taken away: the same for who does not read before. */
  beforeUpdate: ((key: string) => Promise<unknown>) | null = null

  fail(...failures: ('before' | 'after')[]): void {
    this.#failures.push(...failures)
  }

  async get(key: string): Promise<Entry<T> | null> {
    await turn()
    const entry = this.#entries.get(key)
    const answer = entry?.json == null ? null : { value: JSON.parse(entry.json) as T, revision: entry.revision }
    await this.afterGet?.(key)
    return answer
  }

  async create(key: string, value: T): Promise<number> {
    await turn()
    if (this.#entries.get(key)?.json != null) throw new RevisionConflict(key)
    return this.#write(key, JSON.stringify(value))
  }

  async update(key: string, value: T, revision: number): Promise<number> {
    await turn()
    const faster = this.beforeUpdate
    this.beforeUpdate = null
    await faster?.(key)
    if (this.#entries.get(key)?.revision !== revision) throw new RevisionConflict(key)
    return this.#write(key, JSON.stringify(value))
  }

  async put(key: string, value: T): Promise<number> {
    await turn()
    return this.#write(key, JSON.stringify(value))
  }

  async delete(key: string, revision?: number): Promise<void> {
    await turn()
    if (revision !== undefined && this.#entries.get(key)?.revision !== revision) throw new RevisionConflict(key)
    this.#write(key, null)
  }

  async forget(key: string, revision: number): Promise<void> {
    await turn()
    if ((this.#entries.get(key)?.revision ?? 0) <= revision) this.#entries.delete(key)
  }

  /** Keys that are deleted and not forgotten. */
  markers(): string[] {
    return [...this.#entries].flatMap(([key, { json }]) => (json === null ? [key] : []))
  }

  async *watch(signal: AbortSignal): AsyncGenerator<{ key: string; value: T | null; revision: number }> {
    let seen = 0
    while (!signal.aborted) {
      const news = [...this.#entries]
        .filter(([, { revision }]) => revision > seen)
        .sort(([, a], [, b]) => a.revision - b.revision)
      for (const [key, { json, revision }] of news) {
        seen = revision
        if (this.#entries.get(key)?.revision !== revision) continue
        await turn()
        if (signal.aborted) return
        yield { key, value: json === null ? null : (JSON.parse(json) as T), revision }
      }
      if (news.length > 0) continue
      await new Promise<void>((resolve) => {
        const wake = () => {
          this.#watchers.delete(wake)
          signal.removeEventListener('abort', wake)
          resolve()
        }
        this.#watchers.add(wake)
        signal.addEventListener('abort', wake)
      })
    }
  }

  async lastRevision(): Promise<number> {
    await turn()
    return this.#revision
  }

  async entries(): Promise<{ key: string; value: T; revision: number }[]> {
    await turn()
    return [...this.#entries]
      .flatMap(([key, { json, revision }]) => (json === null ? [] : [{ key, value: JSON.parse(json) as T, revision }]))
      .sort((a, b) => a.revision - b.revision)
  }

  #write(key: string, json: string | null): number {
    const failure = this.#failures.shift()
    if (failure === 'before') throw new Error('the bucket is away')
    this.#revision += 1
    this.#entries.set(key, { json, revision: this.#revision })
    this.writes.push({ key, revision: this.#revision, at: performance.now() })
    for (const wake of [...this.#watchers]) wake()
    if (failure === 'after') throw new Error('the bucket is away')
    return this.#revision
  }
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
