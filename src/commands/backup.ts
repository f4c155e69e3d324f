import { resolve } from 'node:path'
import { createClient } from '@clickhouse/client'
import { Command } from 'commander'
import { backUp } from '../backup/back-up.ts'
import { connectStreamCopies } from '../log/stream-copies.ts'
import { knownFingerprint } from '../person-key.ts'
import { systemClock } from '../telemetry/clock.ts'
import type { CommandContext } from './context.ts'
import { createCopyProgress } from './copy-progress.ts'
import { connectRuntime, readRuntime } from './runtime.ts'

const LONGEST_STATEMENT_MS = 3_600_000

/** `yujing backup DIRECTORY`: both stores of the running service at one position. */
export function backupCommand(context: CommandContext): Command {
  return new Command('backup')
    .description('copy log, alerts, configuration and history of the running service, while it works')
    .argument('<directory>', 'a new or empty directory')
    .option('--data-dir <dir>', 'directory of the running service (default ./data)')
    .option('--json', 'print the manifest as JSON')
    .addHelpText('after', '\nExample:\n  yujing backup /srv/backup/2026-11-24')
    .action(async (target: string, flags: { dataDir?: string; json?: boolean }) => {
      const directory = resolve(context.cwd, target)
      const runtime = await readRuntime(context, flags.dataDir)
      const log = await connectRuntime(context, flags.dataDir)
      const streams = await connectStreamCopies({
        url: runtime.natsUrl,
        user: runtime.natsUser,
        password: runtime.natsPassword,
      })
      const client = createClient({ url: runtime.clickhouseUrl, request_timeout: LONGEST_STATEMENT_MS })
      const progress = createCopyProgress(context)
      try {
        const personKey = await knownFingerprint(await log.bucket<string>('yujing_config'))
        if (personKey === null) throw new Error('the service has no person key yet: start it once')
        const { epoch } = log
        const manifest = await backUp({
          directory,
          streams,
          client,
          epoch,
          personKey,
          clock: systemClock(),
          onProgress: progress.tell,
        })
        progress.stop()
        if (flags.json) return void context.stdout.write(`${JSON.stringify(manifest, null, 2)}\n`)
        const bytes = [...manifest.streams, ...manifest.tables].reduce((sum, file) => sum + file.bytes, 0)
        context.stdout.write(
          `${directory} holds everything up to ${epoch}:${manifest.position.seq} (${(bytes / 1e6).toFixed(1)} MB).\n` +
            `The person key (fingerprint ${personKey}) is not in it: keep it apart, a restore needs it.\n`,
        )
      } finally {
        progress.stop()
        await Promise.all([log.close(), streams.close(), client.close()])
      }
    })
}
