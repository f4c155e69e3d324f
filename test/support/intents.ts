import { RevisionConflict } from '../../src/model/errors.ts'
import type { IntentStore, StoreProgress } from '../../src/store/writer/ports.ts'

/** The guarantees of IntentStore in a map, for faults that a real bucket cannot be made to have on demand. */
export interface TestIntents extends IntentStore {
  readonly saved: StoreProgress[]
  /** The next writes fail with this, until null. */
  fault: Error | null
}

export function createTestIntents(initial: StoreProgress | null = null): TestIntents {
  let entry = initial === null ? null : { value: initial, revision: 1 }
  const saved: StoreProgress[] = []
  const write = async (key: string, value: StoreProgress, expected: number | null) => {
    if (intents.fault) throw intents.fault
    if ((entry?.revision ?? null) !== expected) throw new RevisionConflict(key)
    entry = { value, revision: (entry?.revision ?? 0) + 1 }
    saved.push(value)
    return entry.revision
  }
  const intents: TestIntents = {
    saved,
    fault: null,
    get: async () => entry,
    create: (key, value) => write(key, value, null),
    update: (key, value, revision) => write(key, value, revision),
  }
  return intents
}
