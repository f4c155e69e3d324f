import type { IntentStore, StoreProgress } from './ports.ts'

const KEY = 'store'

/** The progress in the key-value store, changed by compare-and-set: a second writer is noticed, not overrun. */
export interface ProgressKeeper {
  current(): StoreProgress
  /** Rejects with `RevisionConflict` when another writer has changed it. */
  save(progress: StoreProgress): Promise<void>
}

/** Reads the progress; that of another log counts as none. */
export async function openProgress(intents: IntentStore, epoch: string): Promise<ProgressKeeper> {
  const found = await intents.get(KEY)
  let revision = found?.revision ?? null
  let current: StoreProgress = found?.value.epoch === epoch ? found.value : { epoch, storedSeq: 0, open: null }
  const isSame = (a: StoreProgress, b: StoreProgress) => JSON.stringify(a) === JSON.stringify(b)

  return {
    current: () => current,
    async save(progress) {
      try {
        revision =
          revision === null ? await intents.create(KEY, progress) : await intents.update(KEY, progress, revision)
      } catch (error) {
        // The answer to an earlier try may have been lost, not the write itself.
        const now = await intents.get(KEY)
        if (now === null || !isSame(now.value, progress)) throw error
        revision = now.revision
      }
      current = progress
    },
  }
}
