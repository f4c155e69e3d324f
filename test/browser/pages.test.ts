import type { Browser, Page, Route } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Alert } from '../../src/model/alert.ts'
import { eventually, type Service, startService } from '../support/service.ts'
import { ago, alerts, complaint, creditCode, post, registration } from '../support/world.ts'
import { startBrowser } from './browser.ts'

const MINUTE = 60_000
/** History is a moment behind the log, on a busy machine a long one. */
const FOR_THE_STORE = { timeout: 60_000 }
const shop = creditCode(7101)
/** Known by its history alone. */
const past = creditCode(7102)
let service: Service
let browser: Browser
let page: Page
const faults: string[] = []

const send = (path: string, method: string, body: unknown) =>
  service.request(path, {
    method,
    headers: { authorization: `Bearer ${service.adminKey}`, 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
/** A colleague at another desk, who looks again when the alert has just changed. */
async function actElsewhere(action: object): Promise<void> {
  await eventually('the colleague has acted', async () => {
    const { id, revision } = (await alerts(service, `&subject=${shop}`))[0] as Alert
    const answer = await service.request(`/v1/alerts/${id}/actions`, {
      body: JSON.stringify(action),
      headers: { 'content-type': 'application/json', 'if-match': `"${revision}"` },
    })
    return answer.status === 200
  })
}
async function signIn(key: string): Promise<Page> {
  const context = await browser.newContext({ locale: 'zh-CN', viewport: { width: 1366, height: 768 } })
  const opened = await context.newPage()
  opened.setDefaultTimeout(60_000)
  opened.on('pageerror', (error) => faults.push(String(error)))
  await opened.goto(service.url)
  await opened.getByLabel('访问密钥').fill(key)
  await opened.getByRole('button', { name: '登录' }).click()
  await opened.locator('[data-state="live"]').waitFor()
  return opened
}

beforeAll(async () => {
  service = await startService()
  browser = await startBrowser()
  await post(service, [
    registration(shop, { time: '2024-03-01T09:00:00+08:00', name: '演练火锅店', address: '太原市小店区长风街 12 号' }),
  ])
  await post(
    service,
    Array.from({ length: 6 }, (_, n) => complaint(shop, { time: ago((6 - n) * MINUTE), phone: `1390000000${n}` })),
  )
  page = await signIn(service.adminKey)
})
afterAll(async () => {
  await browser?.close()
  await service?.stop()
})

describe('an administrator', () => {
  test('reads the name of an enterprise that registered a moment ago, not its code', async () => {
    await page.locator('[data-alert]', { hasText: '演练火锅店' }).waitFor()
    expect(await page.locator('[data-alert]', { hasText: shop }).count()).toBe(0)
  })

  test('is told what happened to the alert while a dialog was open, and keeps what was written', async () => {
    await page.locator('[data-alert]', { hasText: '演练火锅店' }).click()
    await page.locator('.actions [data-action="comment"]').click()
    const words = page.getByLabel('备注内容（必填）')
    await words.fill('已电话联系')
    // A colleague is faster by the length of the way: the service has the alert in a newer state.
    const fasterColleague = async (route: Route) => {
      await actElsewhere({ action: 'comment', note: '同事先到一步' })
      await route.continue()
    }
    await page.route('**/actions', fasterColleague, { times: 1 })
    await page.locator('[data-action="submit"]').click()
    await page.locator('[data-stale]', { hasText: '请核对后再提交' }).waitFor()
    expect(await words.inputValue()).toBe('已电话联系')
    await page.locator('[data-action="submit"]').click()
    await page.locator('[data-detail]').getByText('已电话联系', { exact: true }).waitFor()

    // And one that ends the alert while this dialog is open.
    await page.locator('.actions [data-action="dismiss"]').click()
    await page.getByLabel('理由（必填）').fill('重复投诉')
    await actElsewhere({ action: 'dismiss', reason: '已由同事核实' })
    await page.locator('[data-stale]', { hasText: '已变为“已忽略”' }).waitFor()
    expect(await page.locator('[data-action="submit"]').isDisabled()).toBe(true)
    expect(await page.getByLabel('理由（必填）').inputValue()).toBe('重复投诉')
    await page.keyboard.press('Escape')
    await actElsewhere({ action: 'reopen' })
    await page.locator('.actions [data-action="acknowledge"]').waitFor()
  })

  test('takes an alert from signature to its outcome, each step with what it needs', async () => {
    await page.locator('.actions [data-action="acknowledge"]').click()
    const submit = page.locator('[data-action="submit"]')
    const step = async (name: string, choice: string, text: [string, string] | null) => {
      await page.locator(`.actions [data-action="${name}"]`).click()
      await submit.click()
      await page.getByText('请选择一项。').waitFor()
      if (text !== null) await page.getByText('请填写核查到的事实。').waitFor()
      await page.getByRole('radio', { name: choice }).check()
      if (text !== null) await page.getByLabel(text[0]).fill(text[1])
      await submit.click()
      await submit.waitFor({ state: 'hidden' })
    }
    await step('verify', '现场核查', ['核查结果（必填）', '正常经营，已退款'])
    await page.locator('[data-status]', { hasText: '处置中' }).waitFor()
    await step('measure', '约谈', null)
    await step('close', '部分属实', null)
    await page.locator('[data-status]', { hasText: '已办结' }).waitFor()
    const history = page.locator('[data-detail]')
    for (const said of ['核查 · 现场核查', '采取措施 · 约谈', '办结 · 部分属实', '正常经营，已退款'])
      await history.getByText(said, { exact: true }).first().waitFor()
  })

  test('reads the page of its enterprise, filters the timeline and keeps the place in the address', async () => {
    await page.locator('[data-action="visit"]').click()
    await page.getByRole('heading', { name: '企业档案' }).waitFor()
    await expect.poll(() => page.locator('.page li.event').count()).toBe(7)
    await page.getByLabel('按事件类型').selectOption({ label: '设立登记' })
    await expect.poll(() => page.locator('.page li.event').count()).toBe(1)
    expect(new URL(page.url()).hash).toContain(`enterprise=${shop}`)
    await page.locator('[data-action="back"]').click()
    await page.locator('[data-detail]').waitFor()
  })

  test('looks at a refused event with a reason, sees why a correction is refused, and corrects it', async () => {
    const wrong = { ...complaint(shop, { time: ago(MINUTE) }), id: 'refused-1', region: '999999' }
    await service.request('/v1/events', {
      method: 'POST',
      headers: { authorization: `Bearer ${service.adminKey}`, 'content-type': 'application/cloudevents+json' },
      body: JSON.stringify(wrong),
    })
    await page.locator('[data-page="quarantine"]').click()
    await page.locator('[data-refused]', { hasText: 'refused-1' }).locator('[data-action="look"]').click()
    expect(await page.locator('[data-action="open"]').isDisabled()).toBe(true)
    await page.getByLabel('理由（必填，至少 4 个字）').fill('来源单位来电更正')
    await page.locator('[data-action="open"]').click()
    const editor = page.getByLabel('事件内容（JSON）')
    await expect.poll(() => editor.inputValue()).toContain('"refused-1"')
    await page.locator('[data-action="resubmit"]').click()
    await page.locator('[data-refusal]', { hasText: '更正后仍被拒收' }).getByText('region.unknown').waitFor()
    await editor.fill((await editor.inputValue()).replace('999999', '140105'))
    await page.locator('[data-action="resubmit"]').click()
    await page.locator('[data-refused]', { hasText: '已更正重报' }).waitFor()
    await page.locator('[data-action="resubmit"]').waitFor({ state: 'hidden' })
  })

  test('opens a list of the inventory to its cases, and from there the enterprise', async () => {
    const history = Array.from({ length: 6 }, (_, n) => complaint(past, { time: ago(MINUTE), phone: `1391111000${n}` }))
    const registered = registration(past, {
      time: '2024-03-01T09:00:00+08:00',
      name: '演练健身馆',
      address: '太原市学府街 8 号',
    })
    await post(service, [registered, ...history.map((event) => ({ ...event, backfill: true }))])
    await send('/v1/detectors/complaint-surge/params', 'PUT', {})
    await eventually('the inventory', async () => {
      const answer = await send('/v1/inventory', 'GET', undefined)
      return ((await answer.json()) as { items: readonly object[] }).items.length === 1
    })
    await page.locator('[data-page="inventory"]').click()
    await page.locator('[data-inventory="CMP-01 140105"]', { hasText: '太原市小店区' }).click()
    const row = page.locator(`[data-case="${past}"]`)
    await row.getByText('6', { exact: true }).waitFor()
    await row.getByText('参数上线').waitFor()
    expect(await page.locator('[data-case]').count()).toBe(1)
    await row.getByRole('button').click()
    await page.getByRole('heading', { name: '企业档案' }).waitFor()
    await page.locator('[data-action="back"]').click()
    await row.waitFor()
  })

  test('sees sources and the progress of imports', async () => {
    const begun = { kind: 'events', file: '历史投诉.csv', bytes: 1000, backfill: true }
    await send('/v1/imports/run0000001', 'POST', begun)
    const counts = { rows: 40, accepted: 39, duplicates: 0, rejected: 1, bytesDone: 410, rate: 5, remaining: 130 }
    await send('/v1/imports/run0000001', 'PUT', { state: 'running', ...counts })
    await page.locator('[data-page="imports"]').click()
    const run = page.locator('[data-run="run0000001"]')
    const bar = run.getByRole('progressbar')
    await bar.waitFor()
    expect(await bar.getAttribute('aria-valuenow')).toBe('41')
    const share = await bar.evaluate<
      number,
      { clientWidth: number; firstElementChild: { clientWidth: number } | null }
    >((one) => (one.firstElementChild?.clientWidth ?? 0) / one.clientWidth)
    expect(share).toBeLessThan(0.6)
    await page.locator('[data-page="sources"]').click()
    await page.getByRole('heading', { name: '未登记的来源' }).waitFor()
  })

  test('registers a source that sends already, is told what is missing, and sees what is to be seen on its first day', async () => {
    await page.locator('[data-action="register"]').first().click()
    await page.locator('[data-action="submit"]').click()
    await page.getByText('请填写主管单位。').waitFor()
    await page.getByLabel('主管单位（必填）').fill('省局消保处')
    await page.getByLabel('联系人（必填）').fill('值班室 0351-0000')
    await page.getByLabel('工作日应到（件/日）').fill('120')
    await page.locator('[data-action="submit"]').click()
    await page.getByText('请同时填写休息日应到数量，或都不填。').waitFor()
    await page.getByLabel('休息日应到（件/日）').fill('120')
    await page.locator('[data-action="submit"]').click()
    const first = page.locator('[data-source] [data-first-days]', { hasText: '今日应到约 120 件（登记时申报）' })
    await first.waitFor()
    expect(await first.textContent()).toContain('起监听')
    await page.locator('[data-source] [data-action="edit"]').first().click()
    await page.getByLabel('主管单位（必填）').fill('省局投诉举报中心')
    await page.locator('[data-action="submit"]').click()
    await page.locator('[data-source]', { hasText: '省局投诉举报中心' }).waitFor()
  })

  test('says of which enterprise a complaint without a credit code speaks', async () => {
    const { subject: _, ...nameless } = complaint('', { time: ago(MINUTE), phone: '13900000009', id: 'nameless-1' })
    await post(service, [{ ...nameless, data: { ...nameless.data, respondent: { name: '火锅店（长风街）' } } }])
    await page.locator('[data-page="unattributed"]').click()
    const row = page.locator('[data-unattributed="nameless-1"]')
    await expect
      .poll(async () => {
        if ((await row.count()) === 0) await page.locator('[data-action="reload"]').click()
        return row.count()
      }, FOR_THE_STORE)
      .toBe(1)
    await row.locator('[data-action="attribute"]').click()
    await page.locator('[data-action="submit"]').click()
    await page.getByText('请填写统一社会信用代码。').waitFor()
    const code = page.getByLabel('统一社会信用代码（必填）')
    await code.fill(`${shop.slice(0, 17)}${shop.endsWith('1') ? '2' : '1'}`)
    await page.getByText('校验位不符').waitFor()
    await code.fill(shop.toLowerCase())
    await page.locator('[data-known]', { hasText: '演练火锅店' }).waitFor()
    await page.locator('[data-action="submit"]').click()
    await row.waitFor({ state: 'detached' })
    expect((await alerts(service, `&subject=${shop}`)).length).toBeGreaterThan(0)
    // Attributed once and for all: another desk that has the old list is told so.
    const again = await send('/v1/events/nameless-1/attribute', 'POST', {
      source: '/test/12315',
      subject: creditCode(7102),
    })
    expect(again.status).toBe(409)
  })

  test('exempts what an alert is about, with owner, reason and an end, and takes it back', async () => {
    await page.locator('[data-page="alerts"]').click()
    await page.locator('[data-action="exempt"]').click()
    expect(await page.getByLabel('对象代码（必填）').inputValue()).toBe(shop)
    await page.locator('[data-action="submit"]').click()
    for (const missing of ['请填写责任人。', '请选择日期。', '请填写理由。']) await page.getByText(missing).waitFor()
    await page.getByLabel('责任人（必填）').fill('消保处张处')
    await page.getByLabel('理由（必填）').fill('演练对象')
    await page.getByLabel('有效期至（必填）').fill('2099-12-31')
    // Somebody else sets the list meanwhile: nothing of either is lost.
    const other = { kind: 'address', key: 'a1-test', detector: null, owner: '登记处', reason: '集群地址' }
    await send('/v1/allow-lists', 'PUT', { after: 0, entries: [{ ...other, until: '2099-01-01T00:00:00+08:00' }] })
    await page.locator('[data-action="submit"]').click()
    await page.locator('[data-problem]', { hasText: '刚刚有人修改过' }).waitFor()
    await page.locator('[data-action="submit"]').click()
    await page.locator(`[data-exempt="${shop}"]`, { hasText: '2099-12-31' }).waitFor()
    await page.locator('[data-exempt="a1-test"]').waitFor()
    await page.locator(`[data-exempt="${shop}"] [data-action="remove"]`).click()
    await page.locator('.n-popconfirm__action').getByRole('button', { name: '移出' }).click()
    await page.locator(`[data-exempt="${shop}"]`).waitFor({ state: 'detached' })
    expect(await page.locator('[data-exempt]').count()).toBe(1)
  })

  test('makes a day of the calendar otherwise than it was, and everybody reckons with it', async () => {
    await page.locator('[data-page="calendars"]').click()
    await page.getByLabel('年份').selectOption({ label: '2026 年' })
    const day = page.locator('[data-day="2026-11-26"]')
    await day.click()
    await page.getByText('改动了 1 天，尚未保存').waitFor()
    await page.locator('[data-action="save"]').click()
    await page.getByText('改动了 1 天，尚未保存').waitFor({ state: 'detached' })
    expect(await day.getAttribute('title')).toContain('放假')
    const { items } = (await (await service.request('/v1/calendars')).json()) as {
      items: { year: number; off: string[] }[]
    }
    expect(items.find(({ year }) => year === 2026)?.off).toContain('2026-11-26')
  })
})

test('a supervisor does not see what only administrators may', async () => {
  const answer = await send('/v1/keys', 'POST', { name: '小店分局', role: 'supervisor', areas: ['140105'] })
  const { key } = (await answer.json()) as { key: string }
  const theirs = await signIn(key)
  expect(await theirs.locator('[data-page]').allTextContents()).toEqual(['预警', '存量', '待归属', '数据源', '日历'])
  await theirs.goto(`${service.url}/#page=quarantine`)
  await theirs.locator('[data-page="alerts"]').waitFor()
  expect(await theirs.locator('[data-refused]').count()).toBe(0)
  expect(faults).toEqual([])
})
