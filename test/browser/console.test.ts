import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Alert } from '../../src/model/alert.ts'
import { startTestClickHouse, type TestClickHouse } from '../support/clickhouse.ts'
import { createGateway, type Gateway } from '../support/gateway.ts'
import { eventually, type Service, startService } from '../support/service.ts'
import { act, ago, alerts, complaint, creditCode, post } from '../support/world.ts'
import { startBrowser } from './browser.ts'

const MINUTE = 60_000
const FOR_THE_EYE_MS = 60_000
/** A restart takes the stores down and up again, and the page waits between its attempts. */
const FOR_A_RESTART_MS = 60_000
/** The page asks the service every few seconds how it is, and the service the store. */
const soon = { timeout: FOR_A_RESTART_MS }

let clickHouse: TestClickHouse
let gateway: Gateway
let service: Service
let browser: Browser
let page: Page
/** What the page did wrong: errors of its scripts, breaches of its content policy, requests to other hosts. */
const faults: string[] = []

beforeAll(async () => {
  clickHouse = await startTestClickHouse()
  gateway = await createGateway(clickHouse.url)
  await gateway.open()
  const { username, password } = clickHouse
  const clickHouseUrl = Object.assign(new URL(gateway.url), { username, password }).href
  // Finished alerts go into the archive at the next start.
  const env = { YUJING_CLICKHOUSE_URL: clickHouseUrl, YUJING_ALERT_KEPT_DAYS: '0' }
  ;[service, browser] = await Promise.all([startService({ env }), startBrowser()])
  page = await browser.newPage({ viewport: { width: 1440, height: 900 }, locale: 'zh-CN' })
  page.setDefaultTimeout(FOR_THE_EYE_MS)
  page.on('pageerror', (error) => faults.push(error.message))
  page.on('console', (message) => {
    if (/Content Security Policy/.test(message.text())) faults.push(message.text())
  })
  page.on('request', (request) => {
    if (new URL(request.url()).origin !== service.url) faults.push(`asked ${request.url()}`)
  })
})
afterAll(async () => {
  await browser?.close()
  await service?.stop()
  await gateway?.close()
  await clickHouse?.stop()
})

/** Six people complain of an enterprise within an hour: an orange alert. */
async function sixComplaints(code: string): Promise<void> {
  const events = Array.from({ length: 6 }, (_, n) =>
    complaint(code, { time: ago((6 - n) * MINUTE), phone: `1390000000${n}` }),
  )
  expect((await post(service, events)).answer).toMatchObject({ accepted: 6 })
}

async function alertOf(code: string): Promise<Alert> {
  return (await alerts(service, `&subject=${code}`))[0] as Alert
}

/** A colleague at another desk dismisses the alert of an enterprise. */
async function dismissElsewhere(code: string): Promise<void> {
  const { id } = await alertOf(code)
  const answer = await act(service, id, { action: 'dismiss', reason: '已电话核实' })
  expect(answer.status).toBe(200)
}

/** Of the dismissed alerts those that are not in the archive yet. */
async function keptDismissed(): Promise<number> {
  const overview = await (await service.request('/v1/overview')).json()
  return (overview as { statuses: { dismissed: number } }).statuses.dismissed
}

const rowOf = (code: string) => page.locator('[data-alert]', { hasText: code })

describe('an officer on duty', () => {
  const gym = creditCode(7001)
  const school = creditCode(7002)

  test('signs in with a key; the key is kept nowhere a script could read it', async () => {
    await page.goto(service.url)
    await page.getByLabel('访问密钥').fill('this-key-opens-nothing-at-all')
    await page.getByRole('button', { name: '登录' }).click()
    await page.getByText('密钥无效或已被吊销。').waitFor()

    await page.getByLabel('访问密钥').fill(service.adminKey)
    await page.getByRole('button', { name: '登录' }).click()
    await page.locator('[data-state="live"]').waitFor()
    await page.getByText('当前没有待签收的预警').waitFor()
    const kept = await page.context().storageState()
    expect(JSON.stringify(kept.origins)).not.toContain(service.adminKey)
    expect(kept.cookies).toMatchObject([{ httpOnly: true, sameSite: 'Strict' }])
  })

  test('sees an alert appear by itself when six people complain of one enterprise', async () => {
    await sixComplaints(gym)
    await rowOf(gym).waitFor()
    const row = await rowOf(gym).textContent()
    expect(row).toContain('橙')
    expect(row).toMatch(/近7日收到\d名投诉人投诉/)
    expect(row).toContain('约谈')
    await page.locator('[data-level="orange"]', { hasText: /橙\s*1/ }).waitFor()
  })

  test('opens it and sees the evidence, its chart, the events behind it and the reasons', async () => {
    await rowOf(gym).click()
    const detail = page.locator('[data-detail]')
    await detail.getByRole('heading', { name: '证据' }).waitFor()
    await detail.getByText('预警线', { exact: true }).first().waitFor()
    await detail.getByRole('img', { name: '数量变化' }).locator('canvas').waitFor()
    await expect.poll(() => detail.locator('li.event').count()).toBeGreaterThanOrEqual(5)
    await detail.locator('li.event', { hasText: '投诉' }).first().waitFor()
    expect(await detail.textContent()).toMatch(/首选处置为约谈/)
    expect(await detail.textContent()).not.toMatch(/13900000/)
  })

  test('acknowledges it, and it is no longer waiting', async () => {
    await page.locator('[data-action="acknowledge"]').click()
    await page.locator('[data-status]', { hasText: '已签收' }).waitFor()
    await page.locator('[data-detail]').getByText('签收', { exact: true }).last().waitFor()
    await page.keyboard.press('Escape')
    await page.getByText('当前没有待签收的预警').waitFor()
  })

  test('dismisses nothing without a reason', async () => {
    await sixComplaints(creditCode(7003))
    await rowOf(creditCode(7003)).click()
    await page.locator('[data-action="dismiss"]').click()
    const submit = page.locator('[data-action="submit"]')
    await submit.click()
    await page.getByText('请填写忽略的理由。').waitFor()
    await page.getByLabel('理由（必填）').fill('演练数据，已与来源核对')
    await submit.click()
    await page.locator('[data-status]', { hasText: '已忽略' }).waitFor()
    await page.locator('[data-detail]').getByText('演练数据，已与来源核对').waitFor()
    await submit.waitFor({ state: 'hidden' })
  })

  test('finds it among the finished ones with its reason, and reopens it', async () => {
    const code = creditCode(7003)
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: '已结束' }).click()
    const row = rowOf(code)
    await row.getByText('演练数据，已与来源核对').waitFor()
    expect(await page.locator('[data-alert]').count()).toBe(1)
    await row.click()
    await page.locator('[data-action="reopen"]').click()
    await page.getByLabel('原因（可不填）').fill('来源更正：并非演练')
    await page.locator('[data-action="submit"]').click()
    await page.locator('[data-status]', { hasText: '待签收' }).waitFor()
    await page.locator('[data-detail]').getByText('来源更正：并非演练').waitFor()
    await page.locator('[data-action="submit"]').waitFor({ state: 'hidden' })
    await page.keyboard.press('Escape')
    await page.getByText('还没有已办结或已忽略的预警。').waitFor()
    await page.getByRole('button', { name: '待签收', exact: true }).click()
    await rowOf(code).click()
    // For the archive, which takes it in at the next start.
    await dismissElsewhere(gym)
  })

  test('goes on after a restart of the service, without a reload and without signing in again', async () => {
    await page.evaluate('globalThis.samePage = true')
    await service.kill()
    await page.locator('[data-state="reconnecting"], [data-state="connecting"]').first().waitFor()
    await service.start()
    await page.locator('[data-state="live"]').waitFor({ timeout: FOR_A_RESTART_MS })

    // An alert is open all the while: the new one waits until it is asked for.
    await sixComplaints(school)
    await page.getByRole('button', { name: '1 条新预警' }).click()
    await rowOf(school).click()
    await page.locator('[data-action="acknowledge"]').click()
    await page.locator('[data-status]', { hasText: '已签收' }).waitFor()
    expect(await page.evaluate('globalThis.samePage')).toBe(true)
  })

  test('is told in words that the archive cannot be read, and sees what was missing as soon as it can', async () => {
    await page.keyboard.press('Escape')
    await dismissElsewhere(school)
    await eventually('the archive has taken the other in', async () => (await keptDismissed()) === 1)
    await gateway.close()
    await page.locator('[data-notice="store-away"]', { hasText: '历史库暂时不可用' }).waitFor(soon)

    await page.getByRole('button', { name: '已结束' }).click()
    await page.locator('[data-archive="unavailable"]', { hasText: '没有列出' }).waitFor()
    await rowOf(school).waitFor()
    expect(await rowOf(gym).count()).toBe(0)
    const search = page.getByRole('searchbox')
    await search.fill(gym)
    await page.getByRole('alert').getByText('已结束的预警存放在归档中').waitFor()
    await page.locator('[data-state="live"]').waitFor()

    await gateway.open()
    await rowOf(gym).waitFor(soon)
    await search.fill('')
    await rowOf(school).waitFor()
    expect(await rowOf(gym).count()).toBe(1)
    await page.locator('[data-archive="unavailable"]').waitFor({ state: 'detached' })
    await page.locator('[data-notice="store-away"]').waitFor({ state: 'detached', ...soon })
    await page.getByRole('button', { name: '待签收', exact: true }).click()
    await rowOf(creditCode(7003)).click()
  })

  test('may read it in English', async () => {
    await page.getByRole('button', { name: 'English' }).click()
    await page.getByRole('heading', { name: 'Evidence' }).waitFor()
    await page.getByRole('button', { name: 'Acknowledge' }).waitFor()
  })

  test('meets no error of a script, no breach of the content policy, no other host', () => {
    expect(faults).toEqual([])
  })
})
