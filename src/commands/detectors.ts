import { Command } from 'commander'
import { detectors } from '../../detectors/index.ts'
import type { CommandContext } from './context.ts'

/** `yujing detectors [--markdown|--json]`: the catalogue of what this version detects. */
export function detectorsCommand(context: CommandContext): Command {
  return new Command('detectors')
    .description('list the detectors with their versions and parameters')
    .option('--markdown', 'as a Markdown table')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExample:\n  yujing detectors --markdown')
    .action((options: { markdown?: boolean; json?: boolean }) => {
      const rows = detectors.map(({ code, id, version, title, why }) => ({ code, id, version, title, why }))
      if (options.json) return void context.stdout.write(`${JSON.stringify(rows, null, 2)}\n`)
      const head = options.markdown ? '| code | detector | version | title | why |\n|---|---|---|---|---|\n' : ''
      const line = (row: (typeof rows)[number]) =>
        options.markdown
          ? `| ${row.code} | ${row.id} | ${row.version} | ${row.title.zh} ${row.title.en} | ${row.why.zh} ${row.why.en} |`
          : `${row.code}  ${row.id} v${row.version}  ${row.title.zh} ${row.title.en}`
      context.stdout.write(`${head}${rows.map(line).join('\n')}\n`)
    })
}
