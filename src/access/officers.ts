import type { Identity, Limited } from './identity.ts'
import { identityOf, type KeyInfo } from './key-record.ts'
import type { Keys } from './keys.ts'
import { may } from './permissions.ts'
import { inAreas } from './scope.ts'

/** Somebody who handles alerts, as colleagues may know them. */
export interface Officer {
  readonly id: string
  /** The label of the key. */
  readonly name: string
  readonly areas: Limited
}

/** Those who handle alerts, by the keys that hold now. */
export interface Officers {
  /** Those whose areas meet the asker's, by name. */
  known(asker: Identity): Officer[]
}

export function createOfficers(keys: Pick<Keys, 'list'>): Officers {
  function all(): Identity[] {
    const valid = (key: KeyInfo) => key.revokedAt === null
    return keys
      .list()
      .filter(valid)
      .map(identityOf)
      .filter((identity) => may(identity, 'alerts.act'))
  }

  return {
    known: (asker) =>
      all()
        .filter(({ areas }) => meet(areas, asker.areas))
        .map(({ id, name, areas }) => ({ id, name, areas }))
        .sort((a, b) => a.name.localeCompare(b.name, 'zh') || a.id.localeCompare(b.id)),
  }
}

/** Whether a county can lie in both. */
function meet(a: Limited, b: Limited): boolean {
  if (a === 'all' || b === 'all') return true
  return a.some((area) => inAreas(b, area)) || b.some((area) => inAreas(a, area))
}
