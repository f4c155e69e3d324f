import { Command } from 'commander'
import type { Difference } from '../desk-comparison.ts'
import { checkHistory, type HistoryCheck } from '../history-check.ts'
import type { Store } from '../store/store.ts'
import type { CommandContext } from './context.ts'
import { createCopyProgress } from './copy-progress.ts'
import { connectRuntime, connectRuntimeStore } from './runtime.ts'

const NOTES = `
It changes nothing. A service whose snapshots are missing, torn or of another layout rebuilds its state by itself, from
history and log; this command shows that the same comes out.

Example:
  yujing rebuild --json > differences.json`

/** `yujing rebuild`: folds all history anew and compares it with the alerts; exit 1 when anything differs. */
export function rebuildCommand(context: CommandContext): Command {
  return new Command('rebuild')
    .description('fold detection state anew from the store and compare it with the alerts; exit 1 when they differ')
    .option('--json', 'as JSON')
    .option('--data-dir <dir>', 'directory of the running service (default ./data)')
    .addHelpText('after', NOTES)
    .action(async (flags: { json?: boolean; dataDir?: string }) => {
      const log = await connectRuntime(context, flags.dataDir)
      const progress = createCopyProgress(context)
      let store: Store | null = null
      try {
        store = await connectRuntimeStore(context, flags.dataDir)
        const check = await checkHistory({ log, store, signal: context.signal, onProgress: progress.tell })
        progress.stop()
        context.stdout.write(flags.json ? `${JSON.stringify(check, null, 2)}\n` : inWords(check))
        const { length } = check.differences
        if (length > 0) throw new Error(`${length} alerts differ from history: see deploy/runbook/rebuild.md`)
      } finally {
        progress.stop()
        await store?.close()
        await log.close()
      }
    })
}

function inWords(check: HistoryCheck): string {
  const { epoch, position, lacking, compared, later, ofOtherLogs, ofOtherVersions, differences } = check
  const lines = [
    `folded up to ${epoch}:${position}${lacking === 0 ? '' : `; ${lacking} messages are in neither store nor log`}`,
    ...check.detectors.map(
      ({ detector, keys, episodes, alerts }) =>
        `  ${detector}: ${keys} keys, ${episodes} open episodes, ${alerts} alerts`,
    ),
    `${compared} alerts compared, ${differences.length} differ; not compared: ${later} changed since, ` +
      `${ofOtherLogs} of an earlier log, ${ofOtherVersions} of an earlier version or no detector`,
    ...differences.flatMap(differenceInWords),
  ]
  return `${lines.join('\n')}\n`
}

function differenceInWords({ id, detector, key, kind, members, fold, desk }: Difference): string[] {
  const head = `  ${kind.padEnd(8)} ${id} ${detector} ${key}`
  if (fold === null || desk === null) {
    const { level, observed, firstEventTime, lastEventTime } = fold ?? desk ?? {}
    return [`${head}: ${level}, observed ${observed}, ${firstEventTime} to ${lastEventTime}`]
  }
  return [head, ...members.map((member) => `           ${member}: fold ${fold[member]}, desk ${desk[member]}`)]
}
