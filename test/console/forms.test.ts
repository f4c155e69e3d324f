import { describe, expect, it } from 'vitest'
import { FORM_KINDS, FORMS, missingOf, NEXT_STEPS, requestOf } from '../../dashboards/console/src/board/forms.ts'
import { readActionRequest } from '../../src/alerts/action-request.ts'
import { ALLOWED } from '../../src/alerts/lifecycle.ts'
import { ALERT_STATUSES } from '../../src/model/alert.ts'

describe('the forms of actions', () => {
  it.each(ALERT_STATUSES)(
    'on an alert %s there is a button for what the service allows, and for nothing else',
    (status) => {
      // A second signature is allowed and not offered: it changes nothing.
      const offered = ALLOWED[status].filter((action) => action !== 'acknowledge' || status === 'open')
      expect([...NEXT_STEPS[status]].sort()).toEqual([...offered].sort())
    },
  )

  it.each(FORM_KINDS)('%s: complete is what the service understands', (kind) => {
    const { choice } = FORMS[kind]
    const chosen = choice === null ? null : choice === 'officer' ? 'k0123456789abcdef' : (choice[0] ?? '')
    for (const text of ['', '已核实']) {
      const complete = missingOf(kind, chosen, text).length === 0
      const read = () => readActionRequest(requestOf(kind, chosen, text))
      if (complete) expect(read()).toMatchObject({ action: kind })
      else expect(read).toThrow()
    }
    if (choice !== null) expect(missingOf(kind, null, '已核实')).toEqual(['choice'])
  })
})
