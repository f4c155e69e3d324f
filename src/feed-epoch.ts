import { randomBytes } from 'node:crypto'
import type { Told } from './feed-mark.ts'
import { RevisionConflict } from './model/errors.ts'
import type { Logger } from './telemetry/logger.ts'

/** The bucket of the configuration, as far as the epoch needs it. */
interface EpochBucket {
  get(key: string): Promise<{ value: string; revision: number } | null>
  create(key: string, value: string): Promise<number>
  update(key: string, value: string, revision: number): Promise<number>
}

/** Its value: epochs, the present one first and those it replaced behind it, parted by commas. */
const FEED_EPOCH = 'feed.epoch'
const EPOCHS_KEPT = 100

/**
 * The feed's epoch: minted once, and renewed when the alerts are not those that clients have seen. A cursor of another
 * epoch is answered with `reset`, so nobody follows a log that goes on from an older copy as if nothing were missing.
 *
 *     the data directory says              the log says                         so
 *     nothing                              any epoch                            it holds
 *     told up to 70 of epoch A             A, last change 70 or above           A holds
 *     told up to 70 of epoch A             A, last change 60                    renewed: 61 to 70 are lost
 *     told up to 70 of epoch A             B, which replaced A                  B holds (another replica was first)
 *     told up to 70 of epoch B             A, which knows nothing of B          renewed: a copy from before B
 *
 * `last`: revision of the last change of any alert.
 */
export async function feedEpochOf(o: {
  readonly settings: EpochBucket
  readonly told: Told | null
  readonly last: number
  readonly logger: Logger
}): Promise<string> {
  const { settings, told, last, logger } = o
  const known = await settings.get(FEED_EPOCH)
  const [epoch, ...replaced] = known === null ? [] : known.value.split(',')
  if (epoch !== undefined && holds(epoch, replaced, told, last)) return epoch
  const { minted, value } = successor(known?.value)
  try {
    if (known === null) await settings.create(FEED_EPOCH, value)
    else await settings.update(FEED_EPOCH, value, known.revision)
  } catch (error) {
    // Another replica decides in this moment: what it wrote is looked at.
    if (error instanceof RevisionConflict) return feedEpochOf(o)
    throw error
  }
  if (known !== null) logger.warn({ told, epoch, last }, 'alerts that clients have seen are lost: the feed begins anew')
  return minted
}

function holds(epoch: string, replaced: readonly string[], told: Told | null, last: number): boolean {
  if (told === null) return true
  return told.epoch === epoch ? told.offset <= last : replaced.includes(told.epoch)
}

/** Renews the epoch whatever the log says: after a restore, before the first client comes. */
export async function renewFeedEpoch(settings: EpochBucket): Promise<void> {
  const known = await settings.get(FEED_EPOCH)
  const { value } = successor(known?.value)
  if (known === null) await settings.create(FEED_EPOCH, value)
  else await settings.update(FEED_EPOCH, value, known.revision)
}

/** A new epoch, and the value that names it before those it replaces. */
function successor(value: string | undefined): { minted: string; value: string } {
  const minted = randomBytes(8).toString('hex')
  const epochs = [minted, ...(value === undefined ? [] : value.split(','))]
  return { minted, value: epochs.slice(0, EPOCHS_KEPT).join(',') }
}
