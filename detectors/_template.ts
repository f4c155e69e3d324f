import { defineDetector } from '../src/detect/contract.ts' // one folder deeper: '../../src/detect/contract.ts'
import type { ExampleEvent } from '../src/detect/example.ts'

// A whole detector in small, to be copied (README.md beside it). It is not in the list and judges nothing, but the tests
// compile it and hold it to its examples and to the laws like any other. What stands in `//` is for you: take it out.

// CODE and Chinese name as in the field's table, then the case in one line.
/** TPL-00 多次联系不上: officers try to reach an enterprise again and again, and cannot. */
export const template = defineDetector({
  // For ever: the id is part of every alert's id, the code names the line of work. The file is called like the id.
  id: 'template',
  code: 'TPL-00',
  // Goes up whenever windows, keys or verdict change; the state is then rebuilt from the log.
  version: 1,
  title: { zh: '多次联系不上', en: 'Unreachable again and again' },
  // What harm it sees coming, in two sentences: officers read it beside the alert.
  why: {
    zh: '电话、信函多次联系不上，常是企业已经停业或者负责人有意躲避；及早提醒核实，可避免投诉无人处理。',
    en: 'An enterprise that answers neither phone nor mail has often closed, or hides. A reminder in time keeps complaints from piling up before a shut door.',
  },
  // Innocent causes that you know of: they spare an honest enterprise a measure.
  falsePositives: [{ zh: '登记的联系电话已变更', en: 'The phone on record has changed' }],

  // What is judged: enterprise, address, person, phone, agent, equipment, area.
  keyKind: 'enterprise',
  // Event types it reads (src/model/catalogue), each with the days it may come late. Only these reach `keys`.
  latenessDays: { 'contact.failed': 7 },
  // Every number that a bureau could want otherwise. None stands as a constant in the verdict.
  parameters: {
    attempts: {
      title: { zh: '30日内联系失败次数', en: 'Failed attempts within 30 days' },
      unit: 'attempts',
      default: 3,
      minimum: 1,
      maximum: 100,
      whole: true,
    },
    channels: {
      title: { zh: '联系方式种类（橙色）', en: 'Ways that were tried (orange)' },
      unit: 'channels',
      default: 2,
      minimum: 1,
      maximum: 3,
      whole: true,
    },
  },
  // What is counted, each under a name of yours: days of 3 or more, or hours up to 71. `distinct` counts members too,
  // `sums` adds up an amount, `before` shifts the window back (a base to compare with).
  windows: { recent: { days: 30, distinct: true } },

  // What the event counts for; [] for nothing. An event may come without an enterprise (subject ''): nobody to count it for.
  // `data` is as the catalogue says, people already pseudonymised.
  keys(event) {
    const { channel } = event.data as { readonly channel: string }
    return event.subject === '' ? [] : [{ key: event.subject, member: channel }]
  },

  // Judges one key. The numbers stand either way, since `explain` shows them when there is no alert. `threshold` is the
  // smallest `observed` that fulfils the trigger; `reason` a word of your own closed set; `window` the one whose events are
  // the evidence. `expected` and `probability` where there is a base to compare with (complaint-surge), else null.
  verdict({ windows }, { attempts, channels }) {
    const { events, members } = windows.recent
    const level = members >= channels ? 'orange' : 'yellow'
    return {
      level: events >= attempts ? level : null,
      observed: events,
      expected: null,
      threshold: attempts,
      probability: null,
      reason: 'attempts',
      window: 'recent',
    }
  },

  // Bars of the evidence's chart: so many days each, so many of them, the last one ending with the judged day. They reach
  // no further back than the longest window.
  /** Attempts of the last six stretches of five days. */
  series: (view) => view.series(5, 6),

  // One sentence that a person can act on. It must be true when there is no alert, too.
  sentence({ observed, threshold }, { windows }) {
    const { members } = windows.recent
    return {
      zh: `近30日联系失败${observed}次（阈值${threshold}次），已试${members}种方式`,
      en: `${observed} failed attempts within 30 days (threshold ${threshold}), in ${members} ${members === 1 ? 'way' : 'ways'}`,
    }
  },

  // Cases in the field's words, one at each edge: just enough, one too few, just too old, what must not count.
  examples: {
    fire: [
      {
        name: 'three calls in a fortnight that nobody takes',
        given: [failed('2026-11-02', 'phone'), failed('2026-11-09', 'phone'), failed('2026-11-16', 'phone')],
        expect: { level: 'yellow', observed: 3, threshold: 3, says: '近30日联系失败3次（阈值3次），已试1种方式' },
      },
      {
        name: 'two calls, and the letter comes back',
        given: [failed('2026-11-02', 'phone'), failed('2026-11-09', 'phone'), failed('2026-11-16', 'mail')],
        expect: { level: 'orange', observed: 3, threshold: 3, says: '近30日联系失败3次（阈值3次），已试2种方式' },
      },
    ],
    quiet: [
      { name: 'two calls are too few', given: [failed('2026-11-09', 'phone'), failed('2026-11-16', 'phone')] },
      {
        name: 'the first of three is one day too old',
        given: [failed('2026-11-01', 'phone'), failed('2026-11-16', 'phone'), failed('2026-12-01', 'phone')],
      },
    ],
  },
})

function failed(at: string, channel: 'phone' | 'mail' | 'visit'): ExampleEvent {
  return { type: 'contact.failed', at, data: { channel } }
}
