import { Command } from 'commander'
import { ROLES, type Role } from '../access/identity.ts'
import { wrongLimit } from '../access/key-limits.ts'
import type { NewKey } from '../access/key-record.ts'
import { createKeys, type Keys } from '../access/keys.ts'
import { systemClock } from '../telemetry/clock.ts'
import { silentLogger } from '../telemetry/logger.ts'
import { type CommandContext, UsageError } from './context.ts'
import { connectRuntime } from './runtime.ts'

/** Who did it, in the records: whoever may read DATA_DIR/runtime.json. */
const BY = 'local-command'

interface AddFlags {
  role: string
  name: string
  areas?: string
  sources?: string
  types?: string
  backfill?: boolean
  retracts?: boolean
  json?: boolean
  dataDir?: string
}

/** The flags as a request; what a role cannot have is left out, what it needs is checked by `keys.add`. */
function requestOf(role: Role, flags: AddFlags): NewKey {
  const list = (text: string | undefined) => text?.split(',') ?? 'all'
  const { name } = flags
  switch (role) {
    case 'ingest':
      return {
        role,
        name,
        sources: list(flags.sources),
        types: list(flags.types),
        areas: list(flags.areas),
        backfill: flags.backfill === true,
        retracts: flags.retracts === true,
      }
    case 'supervisor':
    case 'viewer':
      return { role, name, areas: list(flags.areas) }
    case 'admin':
      return { role, name }
  }
}

/** `yujing key add|list|revoke`: API keys of the service that runs on this data directory. */
export function keyCommand(context: CommandContext): Command {
  const print = (value: unknown) => void context.stdout.write(`${JSON.stringify(value, null, 2)}\n`)
  const dataDirFlag = ['--data-dir <dir>', 'directory of the running service (default ./data)'] as const

  async function withKeys<T>(dataDir: string | undefined, use: (keys: Keys) => Promise<T>): Promise<T> {
    const log = await connectRuntime(context, dataDir)
    try {
      const keys = createKeys({
        bucket: await log.bucket('yujing_config'),
        clock: systemClock(),
        logger: silentLogger(),
      })
      await keys.start()
      try {
        return await use(keys)
      } finally {
        await keys.stop()
      }
    } finally {
      await log.close()
    }
  }

  const add = new Command('add')
    .description('make a key; the secret is shown once and stored nowhere')
    .requiredOption('--role <role>', ROLES.join(', '))
    .requiredOption('--name <name>', 'a label: the system or post it is for, not a person')
    .option('--areas <codes>', 'comma-separated GB/T 2260 codes; 00 at the end: the subtree (default: all)')
    .option('--sources <prefixes>', 'ingest: comma-separated prefixes of source (default: all)')
    .option('--types <types>', 'ingest: comma-separated event types (default: all)')
    .option('--backfill', 'ingest: may send history')
    .option('--retracts', 'ingest: may withdraw and replace events')
    .option('--json', 'as JSON')
    .option(...dataDirFlag)
    .addHelpText('after', '\nExample:\n  yujing key add --role supervisor --name 太原市局值班 --areas 140100')
    .action(async (flags: AddFlags) => {
      const role = ROLES.find((candidate) => candidate === flags.role)
      if (!role) throw new UsageError(`--role is ${flags.role}: allowed is ${ROLES.join(', ')}`)
      const request = requestOf(role, flags)
      const wrong = wrongLimit(request)
      if (wrong !== null) throw new UsageError(`--${wrong}`)
      const { key, info } = await withKeys(flags.dataDir, (keys) => keys.add(request, BY))
      if (flags.json) print({ ...info, key })
      else context.stdout.write(`${info.id}  ${info.role}  ${info.name}\n${key}\n`)
    })

  const list = new Command('list')
    .description('list all keys ever made, oldest first; never a secret')
    .option('--json', 'as JSON')
    .option(...dataDirFlag)
    .action(async (flags: { json?: boolean; dataDir?: string }) => {
      const found = await withKeys(flags.dataDir, async (keys) => keys.list())
      if (flags.json) return print(found)
      for (const { id, role, name, revokedAt } of found)
        context.stdout.write(`${id}  ${role.padEnd(10)}  ${name}${revokedAt ? `  revoked ${revokedAt}` : ''}\n`)
    })

  const revoke = new Command('revoke')
    .description('end a key; its sockets and sessions end within seconds')
    .argument('<id>', 'id of the key, as listed')
    .option(...dataDirFlag)
    .action(async (id: string, flags: { dataDir?: string }) => {
      await withKeys(flags.dataDir, (keys) => keys.revoke(id, BY))
      context.stdout.write(`${id} is revoked\n`)
    })

  return new Command('key')
    .description('API keys of the running service')
    .addCommand(add)
    .addCommand(list)
    .addCommand(revoke)
}
