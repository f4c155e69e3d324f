import { MultiBar, Presets, type SingleBar } from 'cli-progress'
import type { CommandContext } from './context.ts'

/** Shows how far the parts of a long command are: a bar a part in a terminal, else a line when a part is done. */
export interface CopyProgress {
  tell(what: string, done: number): void
  stop(): void
}

const STEPS = 100

/** Progress on stderr. */
export function createCopyProgress({ stderr, isTerminal }: CommandContext): CopyProgress {
  const format = '  {bar} {percentage}% {what}'
  const bars = isTerminal ? new MultiBar({ format, stream: stderr, hideCursor: true }, Presets.shades_classic) : null
  const known = new Map<string, SingleBar>()
  const finished = new Set<string>()
  return {
    tell(what, done) {
      if (bars !== null) {
        const bar = known.get(what) ?? bars.create(STEPS, 0, { what })
        known.set(what, bar)
        bar.update(Math.floor(done * STEPS))
      } else if (done >= 1 && !finished.has(what)) {
        finished.add(what)
        stderr.write(`  ${what} done\n`)
      }
    },
    stop: () => bars?.stop(),
  }
}
