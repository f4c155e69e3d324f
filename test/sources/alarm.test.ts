import { afterEach, describe, expect, test } from 'vitest'
import { administrator, type Identity } from '../../src/access/identity.ts'
import { project } from '../../src/access/projection.ts'
import { DAY_MS, HOUR_MS } from '../../src/model/time.ts'
import { type Office, openOffice } from '../alerts/office.ts'
import { COMPLAINTS, canonical, createSetting, type Setting } from './setting.ts'

const MINUTE_MS = 60_000

/** A week in which something comes every fifth minute, then nothing for half a day. */
async function silenced(detectors = COMPLAINTS.detectors): Promise<Setting> {
  const setting = createSetting()
  await setting.register.put({ ...COMPLAINTS, detectors }, 'admin')
  let minute = 0
  await setting.pass(7 * DAY_MS, (now) => {
    if (minute++ % 5 === 0) setting.arrive(canonical({ time: now }))
  })
  expect(setting.findings).toEqual([])
  await setting.pass(12 * HOUR_MS)
  return setting
}

const said = ({ findings }: Setting) =>
  findings.map(({ kind, level, evidence }) => `${kind} ${level} ${evidence.reason}`)

let office: Office | null = null
afterEach(async () => {
  await office?.closes()
  office = null
})

describe('DQ-01', () => {
  test('a silence is one alert at the desk, which closes itself when the source speaks again', async () => {
    const setting = await silenced()
    expect(said(setting)).toEqual(['open yellow silent'])
    await setting.pass(HOUR_MS)
    setting.arrive(canonical())
    await setting.pass(MINUTE_MS)
    expect(said(setting)).toEqual(['open yellow silent', 'withdrawn yellow speaks-again'])

    const [open, over] = setting.findings
    const id = open?.alertId as string
    office = await openOffice()
    await office.receives(open as NonNullable<typeof open>)
    expect(office.alert(id)).toMatchObject({
      status: 'open',
      code: 'DQ-01',
      level: 'yellow',
      subject: { kind: 'source', key: '/sx/12315', name: '/sx/12315' },
      regions: ['140100'],
      recommendation: { measure: null, tasks: ['analyse'] },
    })
    expect(office.alert(id).summary.zh).toContain('依赖它的模型：complaint-surge')
    await office.receives(over as NonNullable<typeof over>)
    expect(office.alert(id)).toMatchObject({ status: 'closed', outcome: 'withdrawn' })
  })

  test('the next silence is another alert; the same one told again is the same', async () => {
    const setting = await silenced()
    setting.arrive(canonical())
    await setting.pass(MINUTE_MS)
    await setting.pass(12 * HOUR_MS)
    const [first, , second] = setting.findings
    expect(said(setting)).toEqual(['open yellow silent', 'withdrawn yellow speaks-again', 'open yellow silent'])
    expect(second?.alertId).not.toBe(first?.alertId)
    await setting.anotherLead()
    await setting.pass(HOUR_MS)
    expect(setting.findings).toHaveLength(3)
  })

  test('is as grave as the detectors that rest on the source', async () => {
    expect(said(await silenced([]))).toEqual(['open blue silent'])
    const setting = await silenced(['penalty-unsettled'])
    expect(said(setting)).toEqual(['open orange silent'])
  })

  test('is told once the log can be reached', async () => {
    const setting = createSetting()
    setting.isLogAway = true
    await setting.register.put({ ...COMPLAINTS, expected: { workingDay: 1_000, otherDay: 1_000 } }, 'admin')
    await setting.pass(DAY_MS)
    expect(said(setting)).toEqual([])
    setting.isLogAway = false
    await setting.pass(MINUTE_MS)
    expect(said(setting)).toEqual(['open yellow silent'])
  })

  test('speaks of a whole day whose content is unusual, a level milder', async () => {
    const setting = createSetting()
    await setting.register.put(COMPLAINTS, 'admin')
    const days = async (count: number, region: string) => {
      let minute = 0
      await setting.pass(count * DAY_MS, (now) => {
        const at = minute++ % 10 === 0 ? region : '140105'
        if (minute % 5 === 1) setting.arrive(canonical({ time: now, region: at }))
      })
    }
    await days(10, '140106')
    expect(said(setting)).toEqual([])
    await days(2, '140105')
    expect(said(setting)[0]).toBe('open blue content')
    expect(setting.findings[0]?.summary.zh).toContain('county-missing')
  })

  test('is visible to those whose area covers the source', async () => {
    const setting = await silenced()
    office = await openOffice()
    await office.receives(...setting.findings)
    const alert = office.alert(setting.findings[0]?.alertId as string)
    const seenBy = (areas: Identity['areas']) => {
      const identity: Identity = { ...administrator('k1', '值班'), role: 'supervisor', areas }
      return project(identity, alert) !== null
    }
    expect([seenBy('all'), seenBy(['140000']), seenBy(['140100'])]).toEqual([true, true, true])
    expect([seenBy(['140105']), seenBy(['140200'])]).toEqual([false, false])
  })
})
