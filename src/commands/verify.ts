import { Command } from 'commander'
import { createVerification } from '../alert-verification.ts'
import { atHandOrArchived } from '../history-check.ts'
import type { StoredAlert } from '../model/alert.ts'
import type { Store } from '../store/store.ts'
import type { StoreProgress } from '../store/writer/ports.ts'
import { storedUpTo } from '../store/writer/progress.ts'
import { type CommandContext, UsageError } from './context.ts'
import { connectRuntime, connectRuntimeStore } from './runtime.ts'

/** `yujing verify ALERT_ID`: counts an alert again from stored history; exit 1 when the numbers differ. */
export function verifyCommand(context: CommandContext): Command {
  return new Command('verify')
    .description('count an alert again from stored history; exit 1 unless it is reproduced')
    .argument('<alert>', 'id of the alert')
    .option('--json', 'as JSON')
    .option('--data-dir <dir>', 'directory of the running service (default ./data)')
    .addHelpText('after', '\nExample:\n  yujing verify 5f0c2e9a8d7b4c6e1f3a5b7c9d0e2f4a')
    .action(async (id: string, flags: { json?: boolean; dataDir?: string }) => {
      if (!/^[0-9a-f]{32}$/.test(id)) throw new UsageError(`${id} is no id of an alert: it has 32 hex digits`)
      const log = await connectRuntime(context, flags.dataDir)
      let store: Store | null = null
      try {
        store = await connectRuntimeStore(context, flags.dataDir)
        const alert = await atHandOrArchived(id, await log.bucket<StoredAlert>('yujing_alerts'), store)
        if (alert === null) throw new Error(`there is no alert ${id}; look it up in /v1/alerts`)
        const intents = await log.bucket<StoreProgress>('yujing_config')
        const verification = await createVerification(store, {
          epoch: log.epoch,
          storedUpTo: () => storedUpTo(intents, log.epoch),
        })(alert)
        const { result, observed, threshold, eventsTotal, differences } = verification
        const line = `${result}: observed ${observed}, threshold ${threshold}, ${eventsTotal} events`
        context.stdout.write(
          flags.json ? `${JSON.stringify(verification, null, 2)}\n` : `${[line, ...differences].join('\n  ')}\n`,
        )
        if (result !== 'reproduced') throw new Error(`alert ${id}: ${result}`)
      } finally {
        await store?.close()
        await log.close()
      }
    })
}
