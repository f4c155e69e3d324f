import { afterAll, describe, expect, test } from 'vitest'
import { LOCKOUT_WRONG_KEYS } from '../../src/access/lockout.ts'
import { SESSION_IDLE_MS } from '../../src/access/sessions.ts'
import { finding } from '../alerts/findings.ts'
import { BOOTSTRAP_KEY, type House, openHouse } from './house.ts'

const house = await openHouse()
afterAll(() => house.closes())

async function signIn(at: House, key = BOOTSTRAP_KEY) {
  const answer = await at.ask('POST', '/v1/session', { body: { key } })
  expect(answer.status).toBe(200)
  const cookie = answer.headers.get('set-cookie') ?? ''
  return { cookie: cookie.split(';')[0] ?? '', attributes: cookie, csrf: `${answer.json().csrf}`, answer }
}

describe('the session of the console', () => {
  test('signing in gives who it is, a token against forgery and a cookie no script can read', async () => {
    const { answer, attributes, cookie } = await signIn(house)
    expect(answer.json().identity).toEqual({ id: 'bootstrap', name: 'bootstrap', role: 'admin', areas: 'all' })
    expect(attributes).toMatch(/^yujing_session=[\w-]{43}; Max-Age=86400; Path=\/; HttpOnly; SameSite=Strict$/)
    const who = await house.ask('GET', '/v1/session', { headers: { cookie } })
    expect(who.json()).toEqual(answer.json())
    expect((await house.ask('GET', '/v1/alerts', { headers: { cookie } })).status).toBe(200)
  })

  test('a wrong key opens nothing, and is named nowhere', async () => {
    const answer = await house.ask('POST', '/v1/session', { body: { key: 'a-wrong-key-altogether' } })
    expect([answer.status, answer.json().error.code]).toEqual([401, 'unauthenticated'])
    expect(answer.headers.get('set-cookie')).toBeNull()
    expect(answer.text).not.toContain('a-wrong-key')
    for (const body of [{}, { key: 5 }, 'key', ''])
      expect([400, 401, 415]).toContain((await house.ask('POST', '/v1/session', { body })).status)
  })

  test('writes by cookie need the token; a key in a header needs none', async () => {
    await house.office.receives(finding({ at: 1 }))
    const { cookie, csrf } = await signIn(house)
    const etag = { 'if-match': `"${house.office.alert().revision}"` }
    const act = (headers: Record<string, string>) =>
      house.ask('POST', '/v1/alerts/surge-1/actions', {
        headers: { ...etag, ...headers },
        body: { action: 'acknowledge' },
      })
    const wrong: Record<string, string>[] = [{}, { 'x-csrf-token': 'wrong' }, { 'x-csrf-token': '' }]
    for (const token of wrong) {
      const answer = await act({ cookie, ...token })
      expect([answer.status, answer.json().error.code]).toEqual([403, 'forbidden'])
    }
    expect(house.office.alert().status).toBe('open')
    expect((await act({ cookie, 'x-csrf-token': csrf })).status).toBe(200)
    expect((await house.ask('DELETE', '/v1/session', { headers: { cookie } })).status).toBe(403)
  })

  test("another session's token does not do", async () => {
    const [mine, other] = [await signIn(house), await signIn(house)]
    const headers = { cookie: mine.cookie, 'x-csrf-token': other.csrf }
    expect((await house.ask('DELETE', '/v1/session', { headers })).status).toBe(403)
  })

  test('a wrong header is not made good by a cookie', async () => {
    const { cookie } = await signIn(house)
    expect((await house.ask('GET', '/v1/alerts', { key: 'a-wrong-key-altogether', headers: { cookie } })).status).toBe(
      401,
    )
  })

  test('signing out ends it', async () => {
    const { cookie, csrf } = await signIn(house)
    const answer = await house.ask('DELETE', '/v1/session', { headers: { cookie, 'x-csrf-token': csrf } })
    expect(answer.status).toBe(204)
    expect(answer.headers.get('set-cookie')).toContain('Max-Age=0')
    expect((await house.ask('GET', '/v1/session', { headers: { cookie } })).status).toBe(401)
  })

  test('it survives a restart of the service, and ends when idle', async () => {
    const clock = { time: house.clock.time }
    const first = await openHouse({ clock })
    const { cookie, csrf } = await signIn(first)
    await first.closes()
    const second = await openHouse({ settings: first.settings, clock })
    try {
      const who = await second.ask('GET', '/v1/session', { headers: { cookie } })
      expect(who.json()).toMatchObject({ identity: { id: 'bootstrap' }, csrf })
      clock.time += SESSION_IDLE_MS
      expect((await second.ask('GET', '/v1/session', { headers: { cookie } })).status).toBe(401)
    } finally {
      await second.closes()
    }
  })

  test('the cookie is secure when browsers come by https', async () => {
    const secure = await openHouse({ parts: { publicUrl: 'https://yujing.example' } })
    try {
      expect((await signIn(secure)).attributes).toMatch(/; Secure$/)
      expect((await secure.ask('GET', '/healthz')).headers.get('strict-transport-security')).toContain('max-age')
    } finally {
      await secure.closes()
    }
  })

  test('guessing keys locks the address out, but not a session that is open', async () => {
    const guessed = await openHouse()
    try {
      const { cookie } = await signIn(guessed)
      const fresh = await guessed.key({ name: 'never used here', role: 'viewer' })
      for (let guess = 0; guess < LOCKOUT_WRONG_KEYS; guess++) {
        expect((await guessed.ask('GET', '/v1/alerts', { key: `guess-number-${guess}-of-many` })).status).toBe(401)
      }
      const answer = await guessed.ask('POST', '/v1/session', { body: { key: fresh } })
      expect([answer.status, answer.json().error.code]).toEqual([429, 'rate.limited'])
      expect(Number(answer.headers.get('retry-after'))).toBe(300)
      expect((await guessed.ask('GET', '/v1/alerts', { headers: { cookie } })).status).toBe(200)
      expect((await guessed.ask('GET', '/v1/alerts', { key: BOOTSTRAP_KEY })).status).toBe(200)
    } finally {
      await guessed.closes()
    }
  })
})
