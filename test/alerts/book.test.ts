import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { asSeen, createBook, type DeskBook } from '../../src/alerts/book/book.ts'
import { createPostings } from '../../src/alerts/book/postings.ts'
import { merge } from '../../src/alerts/stages/merge.ts'
import { route } from '../../src/alerts/stages/route.ts'
import { ALERT_STATUSES, type Alert, type AlertStatus, type StoredAlert } from '../../src/model/alert.ts'
import { LEVELS } from '../../src/model/level.ts'
import { finding, HOT_POT, NOODLES } from './findings.ts'

const everybody = () => true

function alert(id: string, changes: Partial<StoredAlert> = {}, words: Partial<Parameters<typeof finding>[0]> = {}) {
  const arrival = {
    before: null,
    at: '2026-11-23T08:00:00+08:00',
    verdict: { finding: finding({ at: 1, alert: id, ...words }), events: [], eventsPending: 0, name: null },
  }
  const merged = merge(arrival)
  if ('dropped' in merged) throw new Error(merged.dropped)
  return { ...route(merged).alert, ...changes }
}

function bookOf(...alerts: StoredAlert[]): DeskBook {
  const book = createBook()
  for (const [n, value] of alerts.entries()) book.apply({ key: value.id, value, revision: n + 1 })
  book.begin()
  return book
}

const ids = (page: { readonly items: readonly Alert[] }) => page.items.map(({ id }) => id)

describe('the book', () => {
  it('shows the newest change first, and each alert with the revision of its last change', () => {
    const book = bookOf(alert('a'), alert('b'), alert('c'))
    book.apply({ key: 'a', value: alert('a', { status: 'acknowledged' }), revision: 9 })
    expect(ids(book.list({ visible: everybody }))).toEqual(['a', 'c', 'b'])
    expect(book.get('a')).toMatchObject({ status: 'acknowledged', revision: 9 })
    expect(book.head()).toBe(9)
  })

  it('takes what it has seen before as seen', () => {
    const book = bookOf(alert('a'), alert('b'))
    book.apply({ key: 'a', value: alert('a', { status: 'closed' }), revision: 1 })
    expect(book.get('a')?.status).toBe('open')
  })

  it('tells what changed after an offset, latest state, in offset order', () => {
    const book = bookOf(alert('a'), alert('b'), alert('c'), alert('a', { level: 'red' }))
    expect(book.changedAfter(0).map(({ id, revision }) => [id, revision])).toEqual([
      ['b', 2],
      ['c', 3],
      ['a', 4],
    ])
    expect(book.changedAfter(3).map(({ id, level }) => [id, level])).toEqual([['a', 'red']])
    expect(book.changedAfter(4)).toEqual([])
  })

  it('calls its listeners for every change when it already shows it, until they have enough', () => {
    const book = bookOf(alert('a'))
    const heard: [string, number | undefined][] = []
    const enough = book.subscribe(({ id, revision }) => heard.push([`${id}${revision}`, book.get(id)?.revision]))
    book.apply({ key: 'b', value: alert('b'), revision: 2 })
    book.apply({ key: 'a', value: alert('a'), revision: 3 })
    enough()
    book.apply({ key: 'a', value: alert('a'), revision: 4 })
    expect(heard).toEqual([
      ['b2', 2],
      ['a3', 3],
    ])
  })

  it('forgets what left, and says below which offset nobody can be told so', () => {
    const book = bookOf(alert('a'), alert('b'))
    expect(book.floor()).toBe(0)
    book.apply({ key: 'a', value: null, revision: 3 })
    expect(book.get('a')).toBeNull()
    expect(ids(book.list({ visible: everybody, filter: { statuses: ['open'] } }))).toEqual(['b'])
    expect([book.floor(), book.head()]).toEqual([3, 3])
  })

  it('counts open alerts by level within sight, test alerts left out', () => {
    const book = bookOf(
      alert('a'),
      alert('b', { level: 'red' }),
      alert('c', { level: 'red', status: 'acknowledged' }),
      alert('d', { test: true }),
      alert('e', { region: '140212' }),
    )
    const inSight = ({ region }: Alert) => region === '140105'
    expect(book.openByLevel(inSight)).toEqual({ red: 1, orange: 1, yellow: 0, blue: 0 })
    book.apply({ key: 'a', value: alert('a', { level: 'yellow' }), revision: 6 })
    book.apply({ key: 'b', value: alert('b', { level: 'red', status: 'dismissed' }), revision: 7 })
    expect(book.openByLevel(inSight)).toEqual({ red: 0, orange: 0, yellow: 1, blue: 0 })
  })

  it('resolves whoever waits for a revision, and everybody when it closes', async () => {
    const book = bookOf(alert('a'))
    await book.reached(1)
    const third = book.reached(3)
    book.apply({ key: 'b', value: alert('b'), revision: 3 })
    await third
    const never = book.reached(99)
    book.release()
    await never
    await book.reached(100)
  })

  it('hands out alerts with pending evidence in turns', () => {
    const pending = (id: string) => alert(id, { evidence: { ...alert(id).evidence, eventsPending: 1 } })
    const book = bookOf(pending('a'), alert('b'), pending('c'), pending('d'))
    const turns = [book.pending(2), book.pending(2), book.pending(5)].map((turn) => turn.map(({ id }) => id))
    expect(turns).toEqual([
      ['a', 'c'],
      ['d', 'a'],
      ['c', 'd', 'a'],
    ])
    book.apply({ key: 'a', value: alert('a'), revision: 9 })
    expect(book.pending(5).map(({ id }) => id)).toEqual(['c', 'd'])
  })
})

describe('a list', () => {
  const book = bookOf(
    alert('hot-pot', { level: 'red', assignee: 'officer-7', updatedAt: '2026-11-24T08:00:00+08:00' }),
    alert('noodles', { historic: true }, { enterprise: NOODLES, counties: ['140212'] }),
    alert('tower', { status: 'closed', test: true }, { address: 'a1b2', counties: ['140107'] }),
    ...Array.from({ length: 40 }, (_, n) =>
      alert(`other-${n}`, { industry: '8391' }, { enterprise: `other-${n}`, counties: ['141181'] }),
    ),
  )
  it.each([
    ['level', { levels: ['red', 'blue'] as const }, ['hot-pot']],
    ['status', { statuses: ['closed'] as const }, ['tower']],
    ['detector by id', { detectors: ['same-address-registrations'] }, ['tower']],
    ['detector by code', { detectors: ['REG-01'] }, ['tower']],
    ['county', { regions: ['140212'] }, ['noodles']],
    ['city with all its counties', { regions: ['140100'] }, ['tower', 'hot-pot']],
    ['division', { departments: ['注册处'] }, ['tower']],
    ['subject, beside others too', { subjects: [HOT_POT] }, ['tower', 'hot-pot']],
    ['assignee', { assignees: ['officer-7'] }, ['hot-pot']],
    ['historic', { historic: true }, ['noodles']],
    ['test', { test: true }, ['tower']],
    ['industry', { industries: ['62'] }, ['tower', 'noodles', 'hot-pot']],
    ['time of change', { since: Date.parse('2026-11-24T00:00:00+08:00') }, ['hot-pot']],
    ['text, in the code of an enterprise it names too', { q: NOODLES.toLowerCase() }, ['tower', 'noodles']],
    ['several, all of which must hold', { regions: ['140000'], levels: ['red'] as const, subjects: [NOODLES] }, []],
  ])('by %s', (_field, filter, expected) => {
    expect(ids(book.list({ filter, visible: everybody }))).toEqual(expected)
  })

  it('of the whole province is everything, 50 at a time unless asked otherwise', () => {
    expect(book.list({ filter: { regions: ['140000'] }, visible: everybody, limit: 500 })).toMatchObject({ next: null })
    const many = bookOf(...Array.from({ length: 120 }, (_, n) => alert(`n${n}`)))
    const pages = [many.list({ visible: everybody })]
    for (let page = pages[0]; page?.next != null; ) {
      page = many.list({ visible: everybody, cursor: page.next })
      pages.push(page)
    }
    expect(pages.map(({ items }) => items.length)).toEqual([50, 50, 20])
  })

  it('has only what the reader may see, and full pages of it', () => {
    const mixed = bookOf(
      ...Array.from({ length: 9 }, (_, n) => alert(`n${n}`, { region: n % 3 ? '140212' : '140105' })),
    )
    const visible = ({ region }: Alert) => region === '140105'
    const first = mixed.list({ visible, limit: 2 })
    expect(ids(first)).toEqual(['n6', 'n3'])
    expect(mixed.list({ visible, limit: 2, cursor: first.next })).toMatchObject({ items: [{ id: 'n0' }], next: null })
  })

  it('ends with null even when its last page is full', () => {
    const book = bookOf(alert('a'), alert('b'))
    expect(book.list({ visible: everybody, limit: 2 }).next).toBeNull()
  })

  it('holds its filter on what the reader sees, not on what is hidden', () => {
    const both = bookOf(alert('a', {}, { counties: ['140105', '140212'] }))
    const project = (whole: Alert) => ({
      ...whole,
      regions: ['140105'],
      summary: { zh: '涉及其他辖区', en: 'Elsewhere' },
    })
    const found = (filter: object) => ids(both.list({ filter, visible: everybody, project }))
    expect(found({ regions: ['140212'] })).toEqual([])
    expect(found({ regions: ['140105'] })).toEqual(['a'])
    expect(found({ q: '人投诉' })).toEqual([])
    expect(found({ q: 'elsewhere' })).toEqual(['a'])
    expect(ids(both.list({ visible: everybody, project: () => null }))).toEqual([])
  })

  it.each([
    ['limit', { limit: 0 }],
    ['limit', { limit: 501 }],
    ['cursor', { cursor: 'made up' }],
    ['cursor', { cursor: Buffer.from('1.999.5').toString('base64url') }],
    ['cursor', { cursor: Buffer.from('1.5.9').toString('base64url') }],
  ])('refuses a wrong %s', (name, request) => {
    const list = () => book.list({ visible: everybody, ...request })
    expect(list).toThrowError(
      expect.objectContaining({ code: 'request.invalid', message: expect.stringMatching(name) }),
    )
  })
})

describe('paging while alerts change', () => {
  const change = fc.record({ id: fc.nat(11), status: fc.constantFrom(...ALERT_STATUSES), gone: fc.boolean() })

  /** Applies changes to a book, deletions only where asked for. */
  function turn(
    book: DeskBook,
    changes: readonly { id: number; status: AlertStatus; gone: boolean }[],
    mayGo: boolean,
  ) {
    for (const { id, status, gone } of changes) {
      const key = `alert-${id}`
      book.apply({ key, value: gone && mayGo ? null : alert(key, { status }), revision: book.head() + 1 })
    }
  }

  it('never skips and never doubles: all pages together are the list as it was at the first', () => {
    const property = fc.property(
      fc.array(change, { maxLength: 40 }),
      fc.array(fc.array(change, { maxLength: 6 }), { minLength: 1, maxLength: 12 }),
      fc.integer({ min: 1, max: 4 }),
      (before, between, limit) => {
        const book = createBook()
        book.begin()
        turn(book, before, true)
        const asItWas = ids(book.list({ visible: everybody, limit: 500 }))
        const read: string[] = []
        let cursor: string | null = null
        let page = 0
        do {
          const { items, next } = book.list({ visible: everybody, limit, cursor })
          for (const item of items) expect(item).toEqual(book.get(item.id))
          read.push(...items.map(({ id }) => id))
          cursor = next
          turn(book, between[page % between.length] ?? [], false)
          page += 1
        } while (cursor !== null)
        expect(read).toEqual(asItWas)
      },
    )
    fc.assert(property, { numRuns: 300 })
  })

  it('with a filter: nothing twice, nothing missed that matched all the time, nothing shown that does not match', () => {
    const property = fc.property(
      fc.array(change, { maxLength: 40 }),
      fc.array(fc.array(change, { maxLength: 6 }), { minLength: 1, maxLength: 12 }),
      (before, between) => {
        const book = createBook()
        book.begin()
        turn(book, before, true)
        const open = () => new Set(ids(book.list({ filter: { statuses: ['open'] }, visible: everybody, limit: 500 })))
        let always = open()
        const read: string[] = []
        let cursor: string | null = null
        let page = 0
        do {
          const { items, next } = book.list({ filter: { statuses: ['open'] }, visible: everybody, limit: 2, cursor })
          for (const { status } of items) expect(status).toBe('open')
          read.push(...items.map(({ id }) => id))
          cursor = next
          for (const one of between[page % between.length] ?? []) {
            turn(book, [one], true)
            always = new Set([...always].filter((id) => open().has(id)))
          }
          page += 1
        } while (cursor !== null)
        expect(new Set(read).size).toBe(read.length)
        for (const id of always) expect(read).toContain(id)
      },
    )
    fc.assert(property, { numRuns: 300 })
  })

  it('in bounded memory: after many changes a page is either right or refused', () => {
    const property = fc.property(fc.array(change, { minLength: 10, maxLength: 60 }), fc.nat(4), (changes, spare) => {
      const book = createBook(spare)
      book.begin()
      for (let id = 0; id < 12; id += 1) turn(book, [{ id, status: 'open', gone: false }], false)
      const asItWas = ids(book.list({ visible: everybody }))
      const first = book.list({ visible: everybody, limit: 4 })
      turn(book, changes, false)
      try {
        const rest = book.list({ visible: everybody, limit: 500, cursor: first.next })
        expect([...ids(first), ...ids(rest)]).toEqual(asItWas)
      } catch (error) {
        expect(error).toMatchObject({ code: 'request.invalid' })
      }
    })
    fc.assert(property, { numRuns: 300 })
  })

  it('goes on for as many changes as there are alerts, and some to spare, before a cursor is refused', () => {
    const book = createBook(5)
    book.begin()
    for (let id = 0; id < 10; id += 1) turn(book, [{ id, status: 'open', gone: false }], false)
    const { next } = book.list({ visible: everybody, limit: 4 })
    const goesOn = () => {
      try {
        return book.list({ visible: everybody, cursor: next }).items.length === 6
      } catch {
        return false
      }
    }
    let changes = 0
    for (; goesOn() && changes < 1_000; changes += 1)
      turn(book, [{ id: changes % 3, status: 'open', gone: false }], false)
    expect(changes).toBeGreaterThan(15)
    expect(changes).toBeLessThan(50)
  })

  it('refuses a cursor from before a start when something changed since', () => {
    const before = bookOf(alert('a'), alert('b'), alert('c'))
    const { next } = before.list({ visible: everybody, limit: 1 })
    const same = bookOf(alert('a'), alert('b'), alert('c'))
    expect(ids(same.list({ visible: everybody, cursor: next }))).toEqual(['b', 'a'])
    const changed = bookOf(alert('a'), alert('b'), alert('c'), alert('a'))
    expect(() => changed.list({ visible: everybody, cursor: next })).toThrowError(/too old/)
  })
})

describe('a hundred thousand alerts', () => {
  const SIZE = 100_000
  const book = createBook()
  const postings = createPostings()
  const evidence = alert('x').evidence
  for (let n = 0; n < SIZE; n += 1) {
    const id = `alert-${n}`
    const base = alert(id, { level: LEVELS[n % 4] ?? 'blue', evidence }, { enterprise: `code-${n % 30_000}` })
    const county = `14${String(100 + (n % 11) * 100 + (n % 13)).padStart(4, '0')}`
    const status = n % 20 === 0 ? 'open' : 'closed'
    const value: StoredAlert = { ...base, region: county, regions: [county], status }
    book.apply({ key: id, value, revision: n + 1 })
    postings.replace(id, null, asSeen(value, n + 1))
  }
  book.begin()

  it.each([
    ['open red ones', { statuses: ['open' as const], levels: ['red' as const] }, SIZE / 20],
    ['one enterprise', { subjects: ['code-77'] }, 4],
    ['one county', { regions: ['140101'] }, SIZE / 100],
    ['one that does not exist', { assignees: ['nobody'] }, 0],
  ])('list %s without looking at all of them', (_what, filter, most) => {
    expect(postings.candidates(filter, SIZE)?.length).toBeLessThanOrEqual(most)
  })

  it('list the first page without looking beyond it', () => {
    let looked = 0
    const visible = () => {
      looked += 1
      return true
    }
    expect(book.list({ visible, limit: 50 }).items).toHaveLength(50)
    expect(looked).toBe(51)
  })
})

describe('an alert as the outside sees it', () => {
  it('has what the interface names and nothing that only the desk needs', () => {
    const members = Object.keys(asSeen(alert('a'), 3))
    for (const own of ['appliedPosition', 'openedPosition', 'eventPositions', 'beforeWithdrawal'])
      expect(members).not.toContain(own)
    expect(members).toContain('revision')
  })
})
