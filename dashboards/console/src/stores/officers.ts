import { type Ref, shallowRef, watch } from 'vue'
import type { Http } from '../api/http.ts'
import { listOfficers, type Officer } from '../api/officers.ts'
import type { Session } from './session.ts'

/** Colleagues by id: for giving alerts to, and for reading histories. */
export interface Officers {
  readonly all: Ref<readonly Officer[]>
  /** The name of an identity; the id where nobody of it is known. */
  nameOf(id: string): string
  /** Asks again who there is; what was known stays if that fails. */
  refresh(): void
}

export function createOfficers(http: Http, session: Session): Officers {
  const all = shallowRef<readonly Officer[]>([])
  function refresh(): void {
    listOfficers(http).then(
      (items) => {
        all.value = items
      },
      () => {},
    )
  }
  watch(session.phase, (phase) => phase === 'signed-in' && refresh())
  return {
    all,
    refresh,
    nameOf: (id) => {
      const own = session.identity.value
      return own?.id === id ? own.name : (all.value.find((officer) => officer.id === id)?.name ?? id)
    },
  }
}
