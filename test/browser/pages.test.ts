import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Service, startService } from '../support/service.ts'
import { ago, complaint, creditCode, post, registration } from '../support/world.ts'
import { startBrowser } from './browser.ts'

const MINUTE = 60_000
const shop = creditCode(7101)
let service: Service
let browser: Browser
let page: Page
const faults: string[] = []

const send = (path: string, method: string, body: unknown) =>
  service.request(path, {
    method,
    headers: { authorization: `Bearer ${service.adminKey}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
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
  test('takes an alert from signature to its outcome, each step with what it needs', async () => {
    await page.locator('[data-alert]', { hasText: shop }).click()
    await page.locator('[data-action="acknowledge"]').click()
    const submit = page.locator('[data-action="submit"]')
    const step = async (name: string, choice: string, text: [string, string] | null) => {
      await page.locator(`.actions [data-action="${name}"]`).click()
      expect(await submit.isDisabled()).toBe(true)
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
})

test('a supervisor does not see what only administrators may', async () => {
  const answer = await send('/v1/keys', 'POST', { name: '小店分局', role: 'supervisor', areas: ['140105'] })
  const { key } = (await answer.json()) as { key: string }
  const theirs = await signIn(key)
  expect(await theirs.locator('[data-page]').allTextContents()).toEqual(['预警', '数据源'])
  await theirs.goto(`${service.url}/#page=quarantine`)
  await theirs.locator('[data-page="alerts"]').waitFor()
  expect(await theirs.locator('[data-refused]').count()).toBe(0)
  expect(faults).toEqual([])
})
