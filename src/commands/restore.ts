import { resolve } from 'node:path'
import { Command } from 'commander'
import { assertWhole, readManifest } from '../backup/manifest.ts'
import { putBack } from '../backup/put-back.ts'
import { readConfig } from '../config.ts'
import { claimDataDir } from '../embedded/data-dir.ts'
import { renewFeedEpoch } from '../feed-epoch.ts'
import { connectLog } from '../log/connection.ts'
import { connectStreamCopies } from '../log/stream-copies.ts'
import { fingerprintOf, givenKey } from '../person-key.ts'
import { clickhouseOf, natsOf } from '../servers.ts'
import { createStopping } from '../stopping.ts'
import { connectStore } from '../store/store.ts'
import { createLogger } from '../telemetry/logger.ts'
import type { CommandContext } from './context.ts'
import { createCopyProgress } from './copy-progress.ts'
import { withFlags } from './serve.ts'

const STOP_DEADLINE_MS = 60_000

/** `yujing restore DIRECTORY`: a backup into an empty data directory, or into empty external servers. */
export function restoreCommand(context: CommandContext): Command {
  return new Command('restore')
    .description('fill an empty installation from a backup; the service must not run')
    .argument('<directory>', 'what `yujing backup` wrote')
    .option('--data-dir <dir>', 'directory of the service (default ./data); put person.key there first')
    .addHelpText(
      'after',
      '\nExample:\n  install -D -m 600 person.key /var/lib/yujing/person.key\n  yujing restore /srv/backup/2026-11-24 --data-dir /var/lib/yujing',
    )
    .action(async (source: string, flags: { dataDir?: string }) => {
      const directory = resolve(context.cwd, source)
      const config = readConfig(withFlags(context.env, flags), context.cwd)
      const logger = createLogger({ level: 'warn', destination: context.stderr })
      const manifest = await readManifest(directory)
      await assertWhole(directory, manifest)
      assertSameKey(await givenKey(config), manifest.personKey)

      const stopping = createStopping(logger, STOP_DEADLINE_MS)
      const progress = createCopyProgress(context)
      try {
        const dataDir = await claimDataDir(config.dataDir, { logger })
        stopping.onStop('data directory', () => dataDir.release())
        const [nats, clickhouse] = await Promise.all([
          natsOf(config, dataDir, logger, stopping),
          clickhouseOf(config, dataDir, logger, stopping),
        ])
        const streams = await connectStreamCopies(nats)
        stopping.onStop('streams', () => streams.close())
        const store = await connectStore({ ...clickhouse, logger })
        stopping.onStop('store', () => store.close())
        await putBack({ directory, manifest, streams, client: store.client, onProgress: progress.tell })
        const log = await connectLog({ ...nats, logger, maxBytes: config.logMaxBytes, name: 'yujing restore' })
        stopping.onStop('log', () => log.close())
        await renewFeedEpoch(await log.bucket<string>('yujing_config'))
      } finally {
        progress.stop()
        await stopping.stop()
      }
      const { epoch, seq } = manifest.position
      context.stdout.write(`restored up to ${epoch}:${seq}; start the service. What came later must be sent again.\n`)
    })
}

function assertSameKey(key: Buffer | null, needed: string): void {
  const known = key && fingerprintOf(key)
  if (known === needed) return
  const has = known === null ? 'there is no person key' : `the person key has the fingerprint ${known}`
  throw new Error(
    `${has}, the backup was written with ${needed}: give that key (YUJING_PERSON_KEY, or DATA_DIR/person.key)`,
  )
}
