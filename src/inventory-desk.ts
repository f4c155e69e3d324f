import { addressInWords } from './alerts/address-in-words.ts'
import { lineOfWork } from './alerts/lines-of-work.ts'
import type { EventResolver } from './alerts/ports/event-resolver.ts'
import type { Inventory, NamedCase } from './api/port-inventory.ts'
import type { DetectGroups } from './detect-groups.ts'
import type { FoundCase } from './model/inventory.ts'

/** A name is not worth more waiting: the key stands in for it. */
const NAMES_MS = 500
/** Events looked at to put an address into words. */
const EVENTS_FOR_WORDS = 3

/** The inventory as detection has it, with names from the register and the words of addresses from their events. */
export function createInventoryDesk(o: {
  readonly ask: DetectGroups['inventory']
  readonly names: { name(code: string): Promise<string | null> }
  readonly events: Pick<EventResolver, 'eventsAt'>
  readonly epoch: string
}): Inventory {
  const { ask, names, events, epoch } = o

  async function nameOf({ subject, events: newest }: FoundCase): Promise<string | null> {
    if (subject.kind === 'enterprise') return names.name(subject.key)
    if (subject.kind !== 'address') return null
    const positions = newest.slice(0, EVENTS_FOR_WORDS).map(({ seq, index }) => ({ epoch, seq, index }))
    return positions.length === 0 ? null : addressInWords(subject.key, await events.eventsAt(positions))
  }

  /** Whoever cannot be asked now holds nothing up. */
  async function named(found: FoundCase): Promise<NamedCase> {
    let giveUp: NodeJS.Timeout | undefined
    const tooLate = new Promise<null>((resolve) => {
      giveUp = setTimeout(resolve, NAMES_MS, null)
    })
    const name = await Promise.race([nameOf(found).catch(() => null), tooLate])
    clearTimeout(giveUp)
    return { ...found, name: name ?? found.subject.key, department: lineOfWork(found.code).department }
  }

  return {
    async ask(question) {
      const { lists, cases } = await ask(question)
      return { lists, cases: await Promise.all(cases.map(named)) }
    },
  }
}
