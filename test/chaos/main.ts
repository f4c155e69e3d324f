import { parseArgs } from 'node:util'
import { mountSmallDisk } from '../support/small-disk.ts'
import { type CampaignReport, runCampaign } from './campaign.ts'
import { diskFull } from './faults/disk-full.ts'
import { allFaults } from './faults/index.ts'
import { runReplicaCampaign } from './replicas/campaign.ts'
import { ALL_REPLICA_FAULTS } from './replicas/faults.ts'

/** Room for an hour's traffic; a disk of a campaign that imports millions should be the machine's own. */
const DISK_MEBIBYTES = 2_048
/** Detection threads of the processes, one after the other: alerts do not depend on them. */
const THREADS = [1, 2, 5]

const USAGE = `npm run chaos -- [--minutes N] [--seed S] [--only NAME,NAME] [--import EVENTS] [--long SECONDS] [--shards N]
       npm run chaos -- --replicas N [--minutes N] [--seed S] [--only NAME,NAME] [--long SECONDS] [--lease SECONDS]

  --minutes N     how long faults are injected (default 5)
  --seed S        which faults, in which order (default: drawn and printed)
  --only NAMES    only faults whose names contain one of these, e.g. "torn,poison"
  --import N      rows that an import brings (default 100000; 5000000 to measure the two lanes)
  --long SECONDS  how long a fault that lasts should last (default 10; 600 for ten minutes without ClickHouse)
  --shards N      detection threads (default 2)
  --replicas N    N processes (2 to 5) on one nats-server and one ClickHouse, each killed or frozen (default 1: embedded)
  --lease SECONDS time to live of their leases (default 10, as in service)

Exit code: 0 every promise kept, 1 a difference (listed, with the seed), 2 wrong usage.`

/** Called by run-typescript.mjs. */
export async function main(...args: string[]): Promise<void> {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))
  process.exit(await run(args))
}

async function run(args: string[]): Promise<number> {
  const options = optionsOf(args)
  if (options === null) {
    console.error(USAGE)
    return 2
  }
  const { seed, minutes, only, importEvents, longSeconds, shards, replicas, leaseSeconds } = options
  const started = performance.now()
  const tell = (line: string) =>
    console.log(`[${((performance.now() - started) / 1_000).toFixed(0).padStart(5)} s] ${line}`)
  tell(`seed ${seed}, ${minutes} minutes`)
  const wanted = <T extends { readonly name: string }>(faults: readonly T[]) =>
    faults.filter(({ name }) => only.some((part) => name.includes(part)))
  const longMs = longSeconds * 1_000
  const shared = { seed, duration: { minutes }, longMs, pace: { batch: 60, pauseMs: 100 }, tell }
  const disk = replicas === 1 && wanted([diskFull]).length > 0 ? mountSmallDisk(DISK_MEBIBYTES) : null
  if (replicas === 1 && disk === null)
    tell(`without "${diskFull.name}": it is not wanted, or needs root for a disk of its own`)
  const campaign =
    replicas === 1
      ? runCampaign({ ...shared, faults: wanted(allFaults(importEvents, disk !== null)), shards, disk })
      : runReplicaCampaign({
          ...shared,
          faults: wanted(ALL_REPLICA_FAULTS),
          shards: Array.from({ length: replicas }, (_, at) => THREADS[at % THREADS.length] ?? 1),
          leaseTtlMs: leaseSeconds * 1_000,
        })
  const report = await campaign.finally(() => disk?.remove())
  console.log(summary(report))
  if (report.differences.length === 0) return 0
  console.error(`\nDIFFERENCES (repeat with --seed ${seed}):`)
  for (const difference of report.differences) console.error(`  ${difference}`)
  return 1
}

function optionsOf(args: string[]) {
  try {
    const text = { type: 'string' } as const
    const { values } = parseArgs({
      args,
      options: {
        ...{ minutes: text, seed: text, only: text, import: text, long: text, shards: text },
        ...{ replicas: text, lease: text },
      },
    })
    const options = {
      seed: values.seed ?? String(Date.now() % 1_000_000),
      minutes: Number(values.minutes ?? 5),
      only: (values.only ?? '').split(','),
      importEvents: Number(values.import ?? 100_000),
      // Replicas are frozen for up to a minute: several times a lease.
      longSeconds: Number(values.long ?? (values.replicas === undefined ? 10 : 60)),
      replicas: Number(values.replicas ?? 1),
      leaseSeconds: Number(values.lease ?? 10),
      shards: Number(values.shards ?? 2),
    }
    const { minutes, importEvents, longSeconds, shards, replicas, leaseSeconds } = options
    const numbers = [minutes, importEvents, longSeconds, shards, replicas, leaseSeconds]
    return numbers.every((number) => number > 0) && replicas <= 5 && Number.isInteger(replicas) ? options : null
  } catch {
    return null
  }
}

/** What happened, as a table. */
function summary(report: CampaignReport): string {
  const byName = new Map<string, { times: number; recoveries: number[] }>()
  for (const { names, recoveryMs } of report.steps) {
    const line = byName.get(names) ?? { times: 0, recoveries: [] }
    byName.set(names, { times: line.times + 1, recoveries: [...line.recoveries, recoveryMs] })
  }
  const rows = [...byName].map(([name, { times, recoveries }]) => {
    const mean = recoveries.reduce((sum, ms) => sum + ms, 0) / recoveries.length
    const cells = [String(times), (mean / 1_000).toFixed(1), (Math.max(...recoveries) / 1_000).toFixed(1)]
    return `${name.padEnd(44)}${cells.map((cell) => cell.padStart(10)).join('')}`
  })
  const refused = [...report.refused].map(([code, times]) => `${times} x 503 ${code}`).join(', ') || 'no 503'
  return [
    '',
    `${'fault'.padEnd(44)}${['times', 'mean s', 'most s'].map((cell) => cell.padStart(10)).join('')}   (until well again)`,
    ...rows.sort(),
    '',
    `${report.steps.length} steps; ${report.events} events taken in ${report.requests} requests; ${refused}; ` +
      `${report.unanswered} without an answer; ${report.terms} terms of the writer; ${report.alerts} alerts`,
    ...report.figures,
    report.differences.length === 0 ? 'no differences' : `${report.differences.length} DIFFERENCES`,
  ].join('\n')
}
