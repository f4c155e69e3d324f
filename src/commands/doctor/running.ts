import { createClient } from '@clickhouse/client'
import type { Config } from '../../config.ts'
import { ALL_PARTITIONS, PARTITIONS } from '../../detect/statistics/hash.ts'
import type { LogConnection } from '../../log/connection.ts'
import { logTimeOf } from '../../model/log-time.ts'
import type { Degraded } from '../../model/readiness.ts'
import { partitionState } from '../../partition-snapshots.ts'
import { fingerprintOf, givenKey, knownFingerprint } from '../../person-key.ts'
import type { StoreProgress } from '../../store/writer/ports.ts'
import type { Runtime } from '../runtime.ts'
import { type Finding, note, well, wrong } from './finding.ts'
import { checkLeases } from './leases.ts'

/** Messages of the log that the store may be behind, and a snapshot; farther is no passing delay. */
const MOST_STORE_LAG = 1_000
const MOST_SNAPSHOT_LAG = 200_000
const CLOCK_TOLERANCE_MS = 5 * 60_000
const PATIENCE_MS = 5_000
const DAY_S = 86_400

/** What goes without each, and what to do. */
const WITHOUT: Readonly<Record<Degraded, string>> = {
  store: 'history reads answer 503 until ClickHouse is back',
  lead: 'nothing is taken until a replica of role `all` leads; start one',
  detect: 'some keys are not judged until a replica takes them; start one of role `all` or `detect`',
}

const RESTART = 'look at the last lines of its log, and start it again'

/** The service's own word: does it live, is it ready. */
export async function checkService({ httpUrl, pid }: Runtime): Promise<Finding[]> {
  const ask = (path: string) => fetch(`${httpUrl}${path}`, { signal: AbortSignal.timeout(PATIENCE_MS) })
  try {
    const health = await ask('/healthz')
    if (health.status !== 200) return [wrong('service', `/healthz answers ${health.status}`, RESTART)]
  } catch {
    return [wrong('service', `process ${pid} does not answer at ${httpUrl}`, RESTART)]
  }
  const readiness = (await (await ask('/readyz')).json()) as { ready: boolean; reasons: string[]; degraded: Degraded[] }
  const { ready, reasons, degraded } = readiness
  const found = [well('service', `process ${pid} answers at ${httpUrl}`)]
  if (!ready)
    found.push(wrong('readiness', `not ready: ${reasons.join(', ')}`, 'see the section of each reason in the runbook'))
  else if (degraded.length > 0)
    found.push(
      wrong('readiness', `ready without ${degraded.join(', ')}`, degraded.map((part) => WITHOUT[part]).join('; ')),
    )
  else found.push(well('readiness', 'ready for traffic'))
  return found
}

/** What the log and its buckets tell. */
export async function checkLog(log: LogConnection, config: Config, now: number): Promise<Finding[]> {
  const [first, last] = [await log.events.first(), await log.events.last()]
  const message = last === 0 ? null : await log.events.get(last)
  const logTime = message === null ? null : logTimeOf(message)
  return [
    well('log', `nats-server ${log.serverVersion}, messages ${first} to ${last}, epoch ${log.epoch}`),
    checkClock(logTime, now),
    await checkPersonKey(log, config),
    ...(await checkProgress(log, last)),
    await checkSnapshots(log, last),
    await checkLeases(log, config.leaseTtlMs),
  ]
}

function checkClock(logTime: number | null, now: number): Finding {
  if (logTime === null) return well('clock', 'the log is empty; there is nothing to hold the clock against')
  const aheadMs = logTime - now
  return aheadMs > CLOCK_TOLERANCE_MS
    ? wrong(
        'clock',
        `the clock of this machine is ${Math.round(aheadMs / 1000)} s behind the log`,
        'set the clock right (timedatectl, chrony); if the log is what was wrong, an administrator confirms the clock',
      )
    : well('clock', `the log's last message is ${Math.round(-aheadMs / 1000)} s old`)
}

async function checkPersonKey(log: LogConnection, config: Config): Promise<Finding> {
  const known = await knownFingerprint(await log.bucket<string>('yujing_config'))
  const key = await givenKey(config)
  if (key === null)
    return note(
      'person-key',
      'the key of the pseudonyms is not to be seen from here',
      'set YUJING_PERSON_KEY for this command too',
    )
  if (known !== null && known !== fingerprintOf(key))
    return wrong(
      'person-key',
      `the key here has the fingerprint ${fingerprintOf(key)}, the log was written with ${known}`,
      'give the key of this log (YUJING_PERSON_KEY, or DATA_DIR/person.key from the backup); the next start would refuse',
    )
  return well('person-key', `fingerprint ${known ?? fingerprintOf(key)}`)
}

async function checkProgress(log: LogConnection, last: number): Promise<Finding[]> {
  const progress = (await (await log.bucket<StoreProgress>('yujing_config')).get('store'))?.value
  if (progress === undefined || progress.epoch !== log.epoch)
    return [wrong('store-lag', 'nothing of this log was ever stored', 'see `store`: ClickHouse must be reachable')]
  const behind = last - progress.storedSeq
  return [
    behind > MOST_STORE_LAG
      ? wrong(
          'store-lag',
          `ClickHouse is ${behind} messages behind the log`,
          'see `store`; it catches up by itself once it can write',
        )
      : well('store-lag', `${behind} messages behind the log`),
    progress.open === null || behind <= MOST_STORE_LAG
      ? well('intent', progress.open === null ? 'none open' : 'one open, as while it writes')
      : wrong(
          'intent',
          `an insert is not finished: ${JSON.stringify(progress.open)}`,
          'leave it: the service repeats it with the same bounds; if it stays for minutes, look for ClickHouse errors in the log',
        ),
  ]
}

async function checkSnapshots(log: LogConnection, last: number): Promise<Finding> {
  const held = await log.snapshots.sequences()
  const names = ALL_PARTITIONS.map(partitionState)
  const behind = names.map((name) => last - (held.get(name)?.[0] ?? 0))
  const worst = Math.max(...behind)
  const missing = names.filter((name) => !held.has(name)).length
  const says =
    missing > 0 ? `${missing} of ${PARTITIONS} partitions have none yet` : `the oldest is ${worst} messages old`
  return worst > MOST_SNAPSHOT_LAG
    ? wrong('snapshots', says, 'a start would replay all of it; look for "a snapshot is not written" in the log')
    : well('snapshots', says)
}

/** ClickHouse, asked directly. */
export async function checkStore({ clickhouseUrl }: Runtime, now: number): Promise<Finding[]> {
  const client = createClient({ url: clickhouseUrl, request_timeout: PATIENCE_MS })
  const rows = async (query: string) =>
    (await (await client.query({ query, format: 'JSONCompactEachRow' })).json<[string, number]>()) ?? []
  try {
    const [version] = await rows('SELECT version(), 1')
    const since = Math.floor(now / 1000) - DAY_S
    const refused = await rows(
      `SELECT code, toUInt32(count()) FROM quarantine_codes WHERE received_ms >= ${since} * 1000 GROUP BY code ORDER BY count() DESC`,
    )
    return [well('store', `ClickHouse ${version?.[0]}`), quarantineFinding(refused)]
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n', 1)[0] : ''
    return [
      wrong(
        'store',
        `ClickHouse cannot be asked: ${reason}`,
        'detection and alerts go on; mend it before the log fills up',
      ),
    ]
  } finally {
    await client.close()
  }
}

function quarantineFinding(refused: readonly [string, number][]): Finding {
  if (refused.length === 0) return well('quarantine', 'nothing was refused in the last day')
  const says = `refused in the last day: ${refused.map(([code, count]) => `${code} ${count}`).join(', ')}`
  return refused.some(([code]) => code === 'row.refused')
    ? wrong(
        'quarantine',
        says,
        'row.refused means a row that ClickHouse could not take: report it, the event waits in quarantine',
      )
    : note('quarantine', says, 'tell the sources; README and /docs say what each code asks for')
}
