import { randomBytes } from 'node:crypto'
import { RevisionConflict } from '../../model/errors.ts'
import type { IntentStore, StoreProgress } from './ports.ts'

const KEY = 'store'

/** The progress in the key-value store, changed by compare-and-set. */
export interface ProgressKeeper {
  current(): StoreProgress
  /** Rejects with `RevisionConflict` once another writer has claimed it. */
  save(progress: Pick<StoreProgress, 'storedSeq' | 'open'>): Promise<void>
}

/**
 * Claims the progress for this writer and reads it; that of another log counts as none. Whoever held it before fails at
 * its next save, so of two writers always the older one ends.
 */
export async function claimProgress(intents: IntentStore, epoch: string): Promise<ProgressKeeper> {
  const writer = randomBytes(6).toString('hex')
  let current: StoreProgress
  let revision: number | null

  async function write(progress: StoreProgress): Promise<void> {
    revision = revision === null ? await intents.create(KEY, progress) : await intents.update(KEY, progress, revision)
    current = progress
  }

  for (;;) {
    const found = await intents.get(KEY)
    revision = found?.revision ?? null
    const before = found?.value.epoch === epoch ? found.value : { storedSeq: 0, open: null }
    current = { epoch, writer, storedSeq: before.storedSeq, open: before.open }
    try {
      await write(current)
      break
    } catch (error) {
      if (!(error instanceof RevisionConflict)) throw error
    }
  }

  return {
    current: () => current,
    async save({ storedSeq, open }) {
      const progress = { epoch, writer, storedSeq, open }
      try {
        await write(progress)
      } catch (error) {
        // The answer to an earlier try may have been lost, not the write itself.
        const now = await intents.get(KEY)
        if (now === null || JSON.stringify(now.value) !== JSON.stringify(progress)) throw error
        revision = now.revision
        current = progress
      }
    },
  }
}

/** How far ClickHouse is in this log, whoever writes there; null when nobody has written yet. */
export async function storedUpTo(intents: Pick<IntentStore, 'get'>, epoch: string): Promise<number | null> {
  const progress = (await intents.get(KEY))?.value
  return progress?.epoch === epoch ? progress.storedSeq : null
}
