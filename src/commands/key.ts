import { Command } from 'commander'
import { ROLES, type Role } from '../access/identity.ts'
import { wrongLimit } from '../access/key-limits.ts'
import type { NewKey } from '../access/key-record.ts'
import { createKeys, type Keys } from '../access/keys.ts'
import { isLetIn } from '../log/let-in.ts'
import { systemClock } from '../telemetry/clock.ts'
import { silentLogger } from '../telemetry/logger.ts'
import { type CommandContext, UsageError } from './context.ts'
import { exportAccess, exportInWords, inboxAccess, inboxInWords, revokedInWords } from './key-nats.ts'
import { connectRuntime, readRuntime } from './runtime.ts'

/** Who did it, in the records: whoever may read DATA_DIR/runtime.json. */
const BY = 'local-command'

/** How long a new user is waited for. */
const LET_IN_MS = 10_000

interface AddFlags {
  role?: string
  name?: string
  inbox?: string
  export?: string
  areas?: string
  sources?: string
  source?: string
  types?: string
  backfill?: boolean
  retracts?: boolean
  json?: boolean
  dataDir?: string
}

/** The flags as a request; what a role cannot have is left out, what it needs is checked by `keys.add`. */
function requestOf(role: Role, flags: AddFlags): NewKey {
  const list = (text: string | undefined) => text?.split(',') ?? 'all'
  const { inbox } = flags
  const name = flags.name ?? inbox ?? flags.export ?? ''
  switch (role) {
    case 'ingest':
      return {
        role,
        name,
        sources: list(flags.sources ?? flags.source),
        types: list(flags.types),
        areas: list(flags.areas),
        backfill: flags.backfill === true,
        retracts: flags.retracts === true,
        ...(inbox !== undefined && { inbox }),
      }
    case 'supervisor':
      return { role, name, areas: list(flags.areas) }
    case 'viewer':
      return flags.export === undefined
        ? { role, name, areas: list(flags.areas) }
        : { role, name, export: flags.export, types: list(flags.types) }
    case 'admin':
      return { role, name }
  }
}

/** An inbox is for senders, and for one named source: else whoever reads the password speaks for everybody. */
function roleOf(flags: AddFlags): Role {
  const implied = flags.inbox !== undefined ? 'ingest' : flags.export !== undefined ? 'viewer' : undefined
  const wanted = flags.role ?? implied
  const role = ROLES.find((candidate) => candidate === wanted)
  if (!role) throw new UsageError(`--role is ${wanted ?? 'missing'}: allowed is ${ROLES.join(', ')}`)
  if (flags.name === undefined && implied === undefined)
    throw new UsageError('--name is missing: a label, the system or post the key is for')
  if (flags.export !== undefined && role !== 'viewer')
    throw new UsageError(`--export is for --role viewer, not ${role}`)
  if (flags.export !== undefined && flags.areas !== undefined)
    throw new UsageError('--export reads events of all areas: subjects know types, so limit it with --types')
  if (flags.inbox === undefined) return role
  if (role !== 'ingest') throw new UsageError(`--inbox is for --role ingest, not ${role}`)
  if (flags.sources === undefined && flags.source === undefined)
    throw new UsageError('--inbox needs --source: the prefix of source it may send for, e.g. /sx/12315')
  return role
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
    .option('--role <role>', `${ROLES.join(', ')}; an inbox implies ingest, an export viewer`)
    .option('--name <name>', 'a label: the system or post it is for, not a person (default: that of inbox or export)')
    .option('--inbox <name>', 'ingest: also a user of NATS that may publish to yujing.inbox.<name>.>')
    .option('--export <name>', 'viewer: a user of NATS that may read yujing.export.<type>')
    .option('--areas <codes>', 'comma-separated GB/T 2260 codes; 00 at the end: the subtree (default: all)')
    .option('--sources <prefixes>', 'ingest: comma-separated prefixes of source (default: all)')
    .option('--source <prefixes>', 'the same')
    .option('--types <types>', 'ingest, export: comma-separated event types (default: all)')
    .option('--backfill', 'ingest: may send history')
    .option('--retracts', 'ingest: may withdraw and replace events')
    .option('--json', 'as JSON')
    .option(...dataDirFlag)
    .addHelpText(
      'after',
      '\nExamples:\n  yujing key add --role supervisor --name 太原市局值班 --areas 140100\n  yujing key add --inbox tax --source /sx/tax --types tax.reported --areas 140000\n  yujing key add --export partner --types penalty.*,licence.*',
    )
    .action(async (flags: AddFlags) => {
      const request = requestOf(roleOf(flags), flags)
      const wrong = wrongLimit(request)
      if (wrong !== null) throw new UsageError(`--${wrong}`)
      const { key, info, inboxUser, exportUser } = await withKeys(flags.dataDir, async (keys) => {
        const added = await keys.add(request, BY)
        const named = (name: string | undefined) => (user: { readonly name: string }) => user.name === name
        return {
          ...added,
          inboxUser: keys.inboxes().find(named(added.info.inbox)),
          exportUser: keys.exports().find(named(added.info.export)),
        }
      })
      const runtime = await readRuntime(context, flags.dataDir)
      const inbox = inboxUser && inboxAccess(inboxUser, key, runtime)
      const exported = exportUser && exportAccess(exportUser, key, runtime)
      const nats = inbox ?? exported
      if (nats?.configuration === null && !(await isLetIn(nats, LET_IN_MS)))
        context.stderr.write('nats-server does not let the user in yet; see the log of the service\n')
      if (flags.json) return print({ ...info, key, ...(nats && { nats }) })
      const words = `${inbox ? inboxInWords(inbox) : ''}${exported ? exportInWords(exported) : ''}`
      context.stdout.write(`${info.id}  ${info.role}  ${info.name}\n${key}\n${words}`)
    })

  const list = new Command('list')
    .description('list all keys ever made, oldest first; never a secret')
    .option('--json', 'as JSON')
    .option(...dataDirFlag)
    .action(async (flags: { json?: boolean; dataDir?: string }) => {
      const found = await withKeys(flags.dataDir, async (keys) => keys.list())
      if (flags.json) return print(found)
      for (const { id, role, name, inbox, export: reader, revokedAt } of found) {
        const more = `${inbox ? `  inbox ${inbox}` : ''}${reader ? `  export ${reader}` : ''}${revokedAt ? `  revoked ${revokedAt}` : ''}`
        context.stdout.write(`${id}  ${role.padEnd(10)}  ${name}${more}\n`)
      }
    })

  const revoke = new Command('revoke')
    .description('end a key; its sockets and sessions end within seconds')
    .argument('<id>', 'id of the key, as listed')
    .option(...dataDirFlag)
    .action(async (id: string, flags: { dataDir?: string }) => {
      const user = await withKeys(flags.dataDir, async (keys) => {
        await keys.revoke(id, BY)
        const revoked = keys.list().find((key) => key.id === id)
        return revoked?.inbox ?? revoked?.export
      })
      const more = user ? revokedInWords(user, await readRuntime(context, flags.dataDir)) : ''
      context.stdout.write(`${id} is revoked\n${more}`)
    })

  return new Command('key')
    .description('API keys of the running service')
    .addCommand(add)
    .addCommand(list)
    .addCommand(revoke)
}
