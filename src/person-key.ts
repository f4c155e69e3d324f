import { createHash, randomBytes } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Config } from './config.ts'
import { RevisionConflict } from './model/errors.ts'

/** The bucket of the configuration, as far as the fingerprint needs it. */
interface FingerprintBucket {
  get(key: string): Promise<{ value: string } | null>
  create(key: string, value: string): Promise<number>
}

/** Where the key may stand. */
type KeyPlace = Pick<Config, 'personKey' | 'dataDir'>

const FINGERPRINT = 'person-key.fingerprint'

/**
 * The secret key of the pseudonyms: from the configuration, else generated once into the data directory (0600).
 *
 * @throws Error when the log was written with another key: the same person would get two pseudonyms.
 */
export async function personKeyOf(config: Config, bucket: FingerprintBucket): Promise<Buffer> {
  const key = (await givenKey(config)) ?? (await generated(fileOf(config)))
  const fingerprint = fingerprintOf(key)
  const known = await firstSaid(bucket, fingerprint)
  if (known !== fingerprint)
    throw new Error(
      `the person key has the fingerprint ${fingerprint}, the log was written with ${known}: give the key of this log (YUJING_PERSON_KEY, or DATA_DIR/person.key from the backup)`,
    )
  return key
}

/** The fingerprint that was there first, ours when there was none; replicas may start at the same moment. */
async function firstSaid(bucket: FingerprintBucket, own: string): Promise<string> {
  for (;;) {
    const known = await bucket.get(FINGERPRINT)
    if (known !== null) return known.value
    try {
      await bucket.create(FINGERPRINT, own)
      return own
    } catch (error) {
      if (!(error instanceof RevisionConflict)) throw error
    }
  }
}

/** 16 hex digits that tell keys apart and say nothing of them. */
export function fingerprintOf(key: Buffer): string {
  return createHash('sha256').update('yujing person key fingerprint').update(key).digest('hex').slice(0, 16)
}

/** Fingerprint of the key with which the log was written; null before the first start. */
export async function knownFingerprint(bucket: Pick<FingerprintBucket, 'get'>): Promise<string | null> {
  return (await bucket.get(FINGERPRINT))?.value ?? null
}

const fileOf = (config: KeyPlace) => join(config.dataDir, 'person.key')

/** The key of the configuration or of the data directory; null when a start would make a new one. */
export async function givenKey(config: KeyPlace): Promise<Buffer | null> {
  if (config.personKey) return Buffer.from(config.personKey, 'utf8')
  try {
    return Buffer.from((await readFile(fileOf(config), 'utf8')).trim(), 'hex')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    return null
  }
}

async function generated(path: string): Promise<Buffer> {
  const key = randomBytes(32)
  await writeFile(path, `${key.toString('hex')}\n`, { mode: 0o600, flag: 'wx' })
  return key
}
