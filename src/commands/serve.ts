import { Command } from 'commander'
import { createApp } from '../app.ts'
import { readConfig } from '../config.ts'
import { createLogger } from '../telemetry/logger.ts'
import type { CommandContext } from './context.ts'

/** The flags that lie over the environment. */
export interface ServeFlags {
  port?: string
  host?: string
  dataDir?: string
  role?: string
}

/** The environment with the flags laid over it. */
export function withFlags(env: CommandContext['env'], flags: ServeFlags): Record<string, string | undefined> {
  return {
    ...env,
    ...(flags.port !== undefined && { YUJING_PORT: flags.port }),
    ...(flags.host !== undefined && { YUJING_HOST: flags.host }),
    ...(flags.dataDir !== undefined && { YUJING_DATA_DIR: flags.dataDir }),
    ...(flags.role !== undefined && { YUJING_ROLE: flags.role }),
  }
}

/** `yujing serve`: the whole service until SIGINT or SIGTERM. */
export function serveCommand(context: CommandContext): Command {
  return new Command('serve')
    .description('run the service')
    .option('--port <port>', 'port to listen on; 0: any free one (default 8080)')
    .option('--host <host>', 'address to listen on (default 127.0.0.1)')
    .option('--data-dir <dir>', 'where log, store and keys live (default ./data)')
    .option('--role <role>', 'all, api, detect or store; other than all only with shared servers (default all)')
    .addHelpText('after', '\nExample:\n  yujing serve --port 8080 --data-dir /var/lib/yujing')
    .action(async (flags: ServeFlags) => {
      const config = readConfig(withFlags(context.env, flags), context.cwd)
      const app = await createApp(config, { logger: createLogger({ level: config.logLevel }) })
      try {
        await Promise.race([ended(context.signal), app.failed])
      } finally {
        await app.stop()
      }
    })
}

/** Resolves when the signal is aborted. */
export function ended(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
}
