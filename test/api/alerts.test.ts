import { Value } from '@sinclair/typebox/value'
import { afterAll, describe, expect, test } from 'vitest'
import { AlertSchema } from '../../src/model/alert-schema.ts'
import { finding, MONDAY, NOODLES } from '../alerts/findings.ts'
import { BOOTSTRAP_KEY, FEED_EPOCH, openHouse } from './house.ts'

const house = await openHouse()
afterAll(() => house.closes())
const { office } = house
const admin = { key: BOOTSTRAP_KEY }

await office.receives(
  finding({ at: 1, alert: 'hot-pot', level: 'orange' }),
  finding({ at: 2, alert: 'noodles', level: 'red', enterprise: NOODLES, counties: ['140212'] }),
  finding({ at: 3, alert: 'address', level: 'yellow', address: 'a1x', counties: ['140105', '140212'] }),
  finding({
    at: 4,
    alert: 'old',
    level: 'blue',
    historic: true,
    enterprise: '91140802MA0K066935',
    counties: ['140802'],
  }),
  finding({ at: 5, alert: 'try', level: 'blue', test: true, enterprise: '91140171MA0K17771B', counties: ['140171'] }),
)

async function ids(query: string, key = BOOTSTRAP_KEY): Promise<string[]> {
  const answer = await house.ask('GET', `/v1/alerts${query}`, { key })
  expect(answer.status).toBe(200)
  return answer
    .json()
    .items.map(({ id }) => id)
    .sort()
}

describe('the list of alerts', () => {
  test('has the documented shape, newest change first, with the cursor of the feed', async () => {
    const answer = await house.ask('GET', '/v1/alerts', admin)
    const { items, next, cursor } = answer.json()
    expect(cursor).toEqual({ epoch: FEED_EPOCH, offset: office.desk.book.head() })
    expect(next).toBeNull()
    const revisions = items.map(({ revision }) => revision)
    expect(revisions).toEqual(revisions.toSorted((a, b) => b - a))
    for (const item of items) expect([...Value.Errors(AlertSchema, item)]).toEqual([])
    expect(Object.keys(items[0] ?? {}).sort()).toEqual(Object.keys(AlertSchema.properties).sort())
    expect(answer.headers.get('cache-control')).toBe('no-store')
  })

  test.each([
    ['', ['address', 'hot-pot', 'noodles', 'old', 'try']],
    ['?level=red,yellow', ['address', 'noodles']],
    ['?status=open&historic=false&test=false', ['address', 'hot-pot', 'noodles']],
    ['?historic=true', ['old']],
    ['?test=true', ['try']],
    ['?detector=REG-01', ['address']],
    ['?detector=complaint-surge,REG-01&level=red', ['noodles']],
    ['?region=140200', ['address', 'noodles']],
    ['?region=140105', ['address', 'hot-pot']],
    ['?region=140000', ['address', 'hot-pot', 'noodles', 'old', 'try']],
    [`?subject=${NOODLES}`, ['address', 'noodles']],
    ['?industry=62', ['address', 'hot-pot', 'noodles', 'old', 'try']],
    ['?assignee=nobody', []],
    ['?q=REG-01', ['address']],
    [`?q=${encodeURIComponent('投诉　火锅')}`, ['hot-pot', 'noodles', 'old', 'try']],
    [`?q=${encodeURIComponent('火锅 没有')}`, []],
    [`?q=${NOODLES.toLowerCase()}`, ['address', 'noodles']],
    ['?q=surge', ['hot-pot', 'noodles', 'old', 'try']],
    [`?since=${encodeURIComponent('2026-11-23T08:00:00+08:00')}`, ['address', 'hot-pot', 'noodles', 'old', 'try']],
    ['?since=2026-11-24', []],
    ['?status=closed', []],
  ])('%s gives %j', async (query, wanted) => {
    expect(await ids(query)).toEqual(wanted)
  })

  test.each([
    '?level=crimson',
    '?status=new',
    '?limit=0',
    '?limit=501',
    '?limit=x',
    '?cursor=x',
    '?since=yesterday',
    '?historic=maybe',
  ])('%s is refused by name', async (query) => {
    const answer = await house.ask('GET', `/v1/alerts${query}`, admin)
    expect(answer.status).toBe(400)
    expect(answer.json().error).toMatchObject({ code: 'request.invalid' })
    expect(answer.json().error.message).toContain(/\?(\w+)/.exec(query)?.[1] ?? '')
  })

  test('pages follow each other by cursor', async () => {
    const seen: string[] = []
    let cursor: string | null = null
    do {
      const page = (
        await house.ask('GET', `/v1/alerts?limit=2${cursor === null ? '' : `&cursor=${cursor}`}`, admin)
      ).json()
      expect(page.items.length).toBeLessThanOrEqual(2)
      seen.push(...page.items.map(({ id }) => id))
      cursor = page.next === null ? null : `${page.next}`
    } while (cursor !== null)
    expect(seen.sort()).toEqual(await ids(''))
  })

  test('a supervisor sees their own part, and filters see no more than they do', async () => {
    const key = await house.key({ name: 'datong', role: 'supervisor', areas: ['140200'] })
    expect(await ids('', key)).toEqual(['address', 'noodles'])
    expect(await ids('?region=140105', key)).toEqual([])
    expect((await house.ask('GET', '/v1/alerts/hot-pot', { key })).status).toBe(404)
    const cut = (await house.ask('GET', '/v1/alerts/address', { key })).json()
    expect(cut.subject).toMatchObject({ enterprises: [], hidden: 2 })
    expect(cut.regions).toEqual(['140212'])
  })

  test('the overview counts within scope and leaves tests out', async () => {
    const key = await house.key({ name: 'datong', role: 'supervisor', areas: ['140200'] })
    const whole = (await house.ask('GET', '/v1/overview', admin)).json()
    expect(whole).toMatchObject({ total: 4, historic: 1, openLevels: { red: 1, orange: 1, yellow: 1, blue: 1 } })
    const part = (await house.ask('GET', '/v1/overview', { key })).json()
    expect(part).toMatchObject({
      total: 2,
      statuses: { open: 2 },
      openLevels: { red: 1, orange: 0, yellow: 1, blue: 0 },
    })
  })
})

describe('one alert', () => {
  test('its ETag is its revision', async () => {
    const answer = await house.ask('GET', '/v1/alerts/hot-pot', admin)
    const etag = `"${answer.json().revision}"`
    expect(answer.headers.get('etag')).toBe(etag)
    const again = await house.ask('GET', '/v1/alerts/hot-pot', { ...admin, headers: { 'if-none-match': etag } })
    expect([again.status, again.text]).toEqual([304, ''])
  })

  test('what is not there is 404', async () => {
    expect((await house.ask('GET', '/v1/alerts/none', admin)).json()).toMatchObject({ error: { code: 'not-found' } })
  })
})

describe('acting', () => {
  const act = (id: string, body: unknown, headers: Record<string, string> = {}, key = BOOTSTRAP_KEY) =>
    house.ask('POST', `/v1/alerts/${id}/actions`, { key, headers, body })
  const etag = (id: string) => `"${office.alert(id).revision}"`

  test('each fault hides those that come after it: 401, 403, 404, 428, 412, 400, 409', async () => {
    const viewer = await house.key({ name: 'leader', role: 'viewer' })
    const datong = await house.key({ name: 'datong', role: 'supervisor', areas: ['140200'] })
    const code = async (answer: ReturnType<typeof act>) => [(await answer).status, (await answer).json().error.code]
    const bad = '{ not json'
    expect(await code(act('none', bad, {}, 'a-key-that-is-wrong'))).toEqual([401, 'unauthenticated'])
    expect(await code(act('none', bad, {}, viewer))).toEqual([403, 'forbidden'])
    expect(await code(act('none', bad))).toEqual([404, 'not-found'])
    expect(await code(act('hot-pot', bad, {}, datong))).toEqual([404, 'not-found'])
    expect(await code(act('hot-pot', bad))).toEqual([428, 'revision.required'])
    expect(await code(act('hot-pot', bad, { 'if-match': '*' }))).toEqual([428, 'revision.required'])
    for (const stale of ['"999"', etag('hot-pot').slice(1, -1), `W/${etag('hot-pot')}`]) {
      expect(await code(act('hot-pot', bad, { 'if-match': stale }))).toEqual([412, 'revision.stale'])
    }
    const current = { 'if-match': `"999", ${etag('hot-pot')}` }
    expect(await code(act('hot-pot', bad, current))).toEqual([400, 'body.malformed'])
    expect(await code(act('hot-pot', { action: 'explode' }, current))).toEqual([400, 'request.invalid'])
    expect(await code(act('hot-pot', { action: 'dismiss' }, current))).toEqual([400, 'request.invalid'])
    const refused = await act('hot-pot', { action: 'reopen' }, current)
    expect(refused.status).toBe(409)
    expect(refused.json().error).toMatchObject({
      code: 'action.not-allowed',
      details: { allowed: ['acknowledge', 'assign', 'dismiss', 'comment'] },
    })
    expect(office.alert('hot-pot').status).toBe('open')
  })

  test('those who handle alerts in common areas are known, and an alert is found by whom it was given to', async () => {
    const add = async (request: Parameters<typeof house.access.keys.add>[0]) =>
      (await house.access.keys.add(request, 'bootstrap')).info.id
    const datong = await add({ name: '大同值班', role: 'supervisor', areas: ['140200'] })
    const yuncheng = await add({ name: '运城值班', role: 'supervisor', areas: ['140800'] })
    const viewer = await add({ name: '大屏', role: 'viewer' })
    const gone = await add({ name: '调离', role: 'supervisor', areas: 'all' })
    await house.access.keys.revoke(gone, 'bootstrap')
    const county = await house.key({ name: '平城', role: 'supervisor', areas: ['140213'] })
    const known = (await house.ask('GET', '/v1/officers', { key: county })).json().items.map(({ id }) => id)
    expect(known).toContain(datong)
    for (const id of [yuncheng, viewer, gone]) expect(known).not.toContain(id)
    const given = await act('try', { action: 'assign', assignee: datong }, { 'if-match': etag('try') })
    expect(given.json()).toMatchObject({ assignee: datong, status: 'open' })
    expect(await ids(`?assignee=${datong}`)).toEqual(['try'])
  })

  test('acknowledge answers with the alert and its new ETag; the old one is stale', async () => {
    const before = etag('noodles')
    const datong = await house.key({ name: 'datong', role: 'supervisor', areas: ['140200'] })
    const answer = await act('noodles', { action: 'acknowledge' }, { 'if-match': before }, datong)
    expect(answer.status).toBe(200)
    expect(answer.json()).toMatchObject({ id: 'noodles', status: 'acknowledged' })
    expect(answer.headers.get('etag')).toBe(etag('noodles'))
    expect((await act('noodles', { action: 'acknowledge' }, { 'if-match': before })).status).toBe(412)
  })

  test('of two officers who act on one revision, one wins', async () => {
    const headers = { 'if-match': etag('old') }
    const answers = await Promise.all(
      ['first', 'second'].map((note) => act('old', { action: 'comment', note }, headers)),
    )
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 412])
  })

  test('an answer is cut to scope like everything else', async () => {
    const datong = await house.key({ name: 'datong', role: 'supervisor', areas: ['140200'] })
    const answer = await act(
      'address',
      { action: 'comment', note: '已到现场' },
      { 'if-match': etag('address') },
      datong,
    )
    expect(answer.json().regions).toEqual(['140212'])
    expect(house.clock.time).toBe(MONDAY)
  })
})
