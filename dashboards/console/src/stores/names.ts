import { shallowReactive } from 'vue'
import type { Alert } from '../../../../src/model/alert.ts'
import { getEnterprise } from '../api/enterprises.ts'
import type { Http } from '../api/http.ts'
import { isNameless, nextLook } from '../board/late-names.ts'
import { serviceNow } from './clock.ts'

/** Questions under way at once; a burst of alerts asks one after the other. */
const AT_ONCE = 4

/** Names of enterprises whose alerts came faster than history learnt them. */
export interface LateNames {
  /** What the subject is called, as far as is known by now. */
  of(subject: Alert['subject']): string
  /** Looks for the name of an alert that is in sight, if it has none yet. */
  want(alert: Pick<Alert, 'subject' | 'openedAt'>): void
}

export function createNames(http: Http): LateNames {
  const known = shallowReactive(new Map<string, string>())
  const wanted = new Map<string, { readonly openedAt: number; looks: number }>()
  const queue: string[] = []
  let asking = 0

  function plan(code: string): void {
    const want = wanted.get(code)
    const pause = want === undefined ? null : nextLook(want.openedAt, want.looks, serviceNow.value)
    if (pause === null) return
    setTimeout(() => {
      queue.push(code)
      drain()
    }, pause)
  }

  function drain(): void {
    while (asking < AT_ONCE && queue.length > 0) {
      asking += 1
      void look(queue.shift() as string).finally(() => {
        asking -= 1
        drain()
      })
    }
  }

  async function look(code: string): Promise<void> {
    const want = wanted.get(code)
    if (want === undefined) return
    want.looks += 1
    const record = await getEnterprise(http, code).catch(() => null)
    if (record?.name) known.set(code, record.name)
    else plan(code)
  }

  return {
    of: ({ kind, key, name }) => (isNameless({ kind, key, name }) ? (known.get(key) ?? name) : name),
    want({ subject, openedAt }) {
      if (!isNameless(subject) || known.has(subject.key) || wanted.has(subject.key)) return
      wanted.set(subject.key, { openedAt: Date.parse(openedAt), looks: 0 })
      plan(subject.key)
    },
  }
}
