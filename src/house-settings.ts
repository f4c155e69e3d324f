import { detectorOf } from '../detectors/index.ts'
import type { Settings } from './api/port-settings.ts'
import type { InForceMirror } from './in-force.ts'
import type { AllowListEntry } from './model/allow-list.ts'
import { calendarYearFault, calendarYearName } from './model/calendar.ts'
import { YujingError } from './model/errors.ts'
import type { Replica } from './replica.ts'

/** The allow-list and the calendars as every replica shows them; the lead changes them. */
export function createHouseSettings(o: {
  readonly inForce: Pick<InForceMirror, 'get'>
  readonly change: Replica['change']
}): Settings {
  return {
    allowList: () => o.inForce.get('allow-list'),

    async setAllowList(entries, after, by) {
      const fault = allowListFault(entries)
      if (fault !== null) throw new YujingError('request.invalid', `${fault}.`)
      const { position, value } = await o.change({ topic: 'allow-list', entries, after, by })
      return { ...value, position }
    },

    calendars: () => Object.values(o.inForce.get('calendars')),

    async setCalendar(year, after, by) {
      const fault = calendarYearFault(year)
      if (fault !== null) throw new YujingError('request.invalid', `${fault}.`)
      const { position, value } = await o.change({ topic: 'calendars', year, after, by })
      return { ...(value[calendarYearName(year)] as (typeof value)[string]), position }
    },
  }
}

/** Why such a list cannot be set, naming the first entry that is wrong, or null. */
function allowListFault(entries: readonly AllowListEntry[]): string | null {
  const seen = new Set<string>()
  for (const [n, { kind, key, detector }] of entries.entries()) {
    const known = detector === null ? null : detectorOf(detector)
    if (known === undefined) return `entries/${n}: there is no detector ${detector}`
    if (known && known.keyKind !== kind) return `entries/${n}: ${detector} counts by ${known.keyKind}, not by ${kind}`
    const name = JSON.stringify([kind, key, detector])
    if (seen.has(name)) return `entries/${n}: the same kind, key and detector stand there before`
    seen.add(name)
  }
  return null
}
