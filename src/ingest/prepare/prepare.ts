import { isUnderPrefix } from '../../model/source.ts'
import { admit, type Gate } from '../admit.ts'
import { splitAll } from '../body.ts'
import { compileCatalogue } from '../data-check.ts'
import type { IngestLimits } from '../limits.ts'
import type { Preparer, RegisteredSource, SentBody } from '../preparer.ts'
import { createPseudonyms } from '../pseudonyms.ts'
import { createTurns } from '../turns.ts'
import { PortionMaker } from './portion-maker.ts'

/** Events judged at a time, under 1 ms: a request of many thousands must not keep others waiting. */
const STRETCH = 25
/** Events handed on at a time. */
const PORTION = 500

export interface PrepareOptions {
  /** Secret of the pseudonyms, at least 16 bytes. */
  readonly personKey: Buffer
  readonly limits: IngestLimits
}

/**
 * Prepares on the thread it is called on: one event after the other is read, judged, replaced by its canonical form and
 * pressed into bytes, so that hardly anything of it outlives it.
 */
export function createPreparer({ personKey, limits }: PrepareOptions): Preparer {
  const turns = createTurns()
  const idle: PortionMaker[] = []
  /** As the request says whose events are judged just now. */
  let registered: readonly RegisteredSource[] = []
  const gate: Gate = {
    checks: compileCatalogue(),
    pseudonyms: createPseudonyms({
      personKey,
      strongSource: (source) => isStrong(source, registered),
      cached: limits.cachedPseudonyms,
    }),
    limits,
  }

  async function* prepare({ parts, rights, lane: asked, ...sender }: SentBody, now: () => number) {
    let lane = asked
    const endLive = lane === 'live' ? turns.begin() : () => {}
    const turn = () => turns.next(lane)
    const maker = idle.pop() ?? new PortionMaker()
    try {
      // Decoding ten megabytes is a stretch of its own.
      if (lane === 'batch') await turn()
      const sent = await splitAll(parts, limits, turn)
      for (let from = 0; from < sent.length; from += STRETCH) {
        if (from > 0 || lane === 'batch') await turn()
        const until = Math.min(sent.length, from + STRETCH)
        const at = now()
        registered = sender.registered
        for (let index = from; index < until; index += 1) {
          const raw = sent.read(index)
          maker.add(index, raw.value, admit(raw, rights, at, gate))
        }
        if (maker.hasBackfill) {
          lane = 'batch'
          endLive()
        }
        if (maker.covered >= PORTION || until === sent.length) yield maker.take()
      }
    } finally {
      endLive()
      maker.take()
      idle.push(maker)
    }
  }

  return { prepare }
}

function isStrong(source: string, registered: readonly RegisteredSource[]): boolean {
  let best: RegisteredSource | undefined
  for (const one of registered) {
    if (isUnderPrefix(source, one.name) && one.name.length > (best?.name.length ?? 0)) best = one
  }
  return best?.strong ?? false
}
