import { writeFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import type { UndecidedError } from '../../import/faults.ts'
import type { Guess } from '../../import/guess/guess.ts'
import { listRuns, readRejectedRows } from '../../import/kept-runs.ts'
import type { RunSummary } from '../../import/session.ts'
import type { CommandContext } from '../context.ts'

/** Prints what a run came to; an incomplete one ends with an error, so that scripts notice. */
export function report(context: CommandContext, summary: RunSummary, json: boolean): void {
  const { run, state, rows, accepted, again, duplicates, rejected, seconds, rate, rejects, differences } = summary
  if (json) context.stdout.write(`${JSON.stringify(summary)}\n`)
  else {
    const took = `${seconds.toFixed(1)} s, ${rate} rows/s`
    context.stdout.write(
      `${run} ${state}: ${rows} rows, ${accepted + again} accepted, ${duplicates} duplicates, ${rejected} rejected (${took})\n`,
    )
    if (differences !== undefined) {
      const { unchanged, new: fresh, changed, vanished, held } = differences
      context.stdout.write(
        `  rows: ${unchanged} unchanged, ${fresh} new, ${changed} changed, ${vanished} vanished, ${held} kept as they were\n`,
      )
    }
    if (rejects !== null) {
      context.stdout.write(
        `  what was rejected, and why: ${rejects}\n  see the rows: yujing import --rejected ${rejects}\n`,
      )
    }
  }
  if (state === 'stopped') throw new Error(`run ${run} was stopped; the same command goes on where it was`)
}

/** What a script needs of a table that waits for a decision. */
export function printUndecided(context: CommandContext, { run, concerns }: UndecidedError): void {
  context.stdout.write(`${JSON.stringify({ run, state: 'undecided', concerns })}\n`)
}

/** Lists the runs of this state directory. */
export async function printRuns(context: CommandContext, stateDir: string, json: boolean): Promise<void> {
  const runs = await listRuns(stateDir)
  if (json) {
    context.stdout.write(
      `${JSON.stringify(runs.map(({ head, totals, ended }) => ({ ...head, mapping: undefined, ...totals, ended })))}\n`,
    )
    return
  }
  for (const { head, totals, ended } of runs) {
    const { rows, accepted, again, duplicates, rejected } = totals
    context.stdout.write(
      `${head.run}  ${head.startedAt}  ${head.kind.padEnd(8)}  ${(ended ?? 'unfinished').padEnd(10)}  ${head.name}: ${rows} rows, ${accepted + again} accepted, ${duplicates} duplicates, ${rejected} rejected\n`,
    )
  }
}

/**
 * Shows refused rows beside the reason, read from the file they came from; with `out` writes them to a file (0600) that can
 * be mended and imported.
 */
export async function printRejected(context: CommandContext, file: string, out: string | undefined): Promise<void> {
  const { header, rows } = await readRejectedRows(resolve(context.cwd, file))
  if (out === undefined) {
    for (const { line, code, message, text } of rows) {
      context.stdout.write(`${code}  ${message}\n  ${line === 0 ? '' : text.replaceAll('\n', '\n  ')}\n`)
    }
    return
  }
  const path = resolve(context.cwd, out)
  const texts = new Map(rows.map(({ start, text }) => [start, text]))
  const lines = [...(header === '' ? [] : [header]), ...texts.values()]
  await writeFile(path, `${lines.join('\n')}\n`, { mode: 0o600, flag: 'wx' }).catch(() => {
    throw new Error(
      `${path} cannot be written in ${dirname(path)}, or exists: it would hold personal data, so nothing is overwritten`,
    )
  })
  context.stdout.write(`${texts.size} rows in ${path} (UTF-8): mend them and import that file\n`)
}

/** The proposal to stdout or a file, and what a person should know of it to stderr. */
export async function printGuess(
  context: CommandContext,
  guess: Guess & { readonly encoding: string; readonly rows: number },
  out: string | undefined,
): Promise<void> {
  const text = `${JSON.stringify(guess.mapping, null, 2)}\n`
  if (out === undefined) context.stdout.write(text)
  else {
    await writeFile(resolve(context.cwd, out), text, { flag: 'wx' }).catch(() => {
      throw new Error(`${out} exists already or cannot be written: choose another name`)
    })
  }
  const tell = (line: string) => void context.stderr.write(`  ${line}\n`)
  const percent = (share: number) => `${Math.round(share * 100)} %`
  tell(`${guess.type} (${percent(guess.confidence)} sure), ${guess.encoding}, by the header and ${guess.rows} rows`)
  for (const { column, member, confidence, readable, unit } of guess.columns) {
    const times = unit === undefined ? '' : ` times ${unit}`
    const doubt = readable < 1 ? `, ${percent(1 - readable)} of its cells cannot be read so` : ''
    tell(`  ${column} -> ${member}${times}: ${percent(confidence)}${doubt}`)
  }
  if (guess.leftOut.length > 0) tell(`not understood, left out: ${guess.leftOut.join(', ')}`)
  if (guess.missing.length > 0) tell(`needed, and no column found: ${guess.missing.join(', ')} (FILL IN)`)
  if (out !== undefined) tell(`wrote ${out}: fill in source, look through the rest, then import with --mapping ${out}`)
}
