import { describe, expect, it } from 'vitest'
import { areaName, fullAreaName, inArea, isCounty, knownAreas, resolveCounty } from '../../src/model/area.ts'
import { ALIASES, CITIES, COUNTIES, DIVIDED, SINCE } from '../../src/model/area-table.ts'
import { industrySection, knownIndustries, parseIndustry } from '../../src/model/industry.ts'

describe('areas', () => {
  it('holds 11 cities, 117 counties and 4 zones, each in its city', () => {
    expect(CITIES).toHaveLength(11)
    expect(COUNTIES).toHaveLength(121)
    expect(new Set(COUNTIES.map(([code]) => code)).size).toBe(121)
    for (const [code] of COUNTIES) expect(areaName(`${code.slice(0, 4)}00`)).not.toBeNull()
  })

  it('maps abolished codes to counties in force and keeps the original', () => {
    expect(resolveCounty('140726')).toEqual({ kind: 'county', code: '140703', original: '140726' })
    for (const { code, now } of ALIASES) {
      expect(isCounty(code)).toBe(false)
      expect(isCounty(now)).toBe(true)
    }
    for (const { code, now } of DIVIDED) {
      expect(resolveCounty(code).kind).toBe('divided')
      for (const county of now) expect(isCounty(county)).toBe(true)
    }
  })

  it('says since when a county has its code, and what an abolished one became', () => {
    const { counties, abolished } = knownAreas()
    const since = new Map(counties.map((county) => [county.code, county.since]))
    const began = [...since].filter(([, year]) => year !== null)
    expect(began).toHaveLength(SINCE.size)
    for (const { until, now } of abolished) for (const code of now) expect([null, until]).toContain(since.get(code))
    for (const [code, year] of began)
      expect(
        abolished.some(({ until, now }) => now.includes(code) && until === year),
        code,
      ).toBe(true)
  })

  it.each(['140100', '140000', '110101', '', '14010', '1401050'])('does not take %j for a county', (code) =>
    expect(resolveCounty(code)).toEqual({ kind: 'unknown' }),
  )

  it('knows what lies where', () => {
    expect(inArea('140105', '140105')).toBe(true)
    expect(inArea('140105', '140100')).toBe(true)
    expect(inArea('140105', '140000')).toBe(true)
    expect(inArea('140105', '140106')).toBe(false)
    expect(inArea('140105', '140200')).toBe(false)
    expect(inArea('141002', '140100')).toBe(false)
  })

  it('names them', () => {
    expect(fullAreaName('140105')).toBe('太原市小店区')
    expect(fullAreaName('140100')).toBe('太原市')
    expect(fullAreaName('999999')).toBe('999999')
  })
})

describe('industries', () => {
  it.each([
    ['6210', '6210'],
    ['H6210', '6210'],
    ['62', '62'],
    ['H62', '62'],
    ['T97', '97'],
    ['A0111', '0111'],
  ])('takes %s', (text, digits) => expect(parseIndustry(text)).toBe(digits))

  it.each(['', '6', '62100', 'G6210', 'H', '00', '98', 'h6210', 'U97', '6x'])('refuses %j', (text) =>
    expect(parseIndustry(text)).toBeNull(),
  )

  it('names the 20 sections and 97 divisions in order', () => {
    const known = knownIndustries()
    expect(known.map(({ section }) => section).join('')).toBe('ABCDEFGHIJKLMNOPQRST')
    const divisions = known.flatMap(({ section, divisions: of }) => of.map((one) => ({ section, ...one })))
    expect(divisions).toHaveLength(97)
    for (const { section, code } of divisions) expect(industrySection(code)).toBe(section)
    // Known by heart, one in each stretch where a missing line would move the rest.
    const byCode = new Map(divisions.map(({ code, name }) => [code, name]))
    const sure = {
      '05': '农、林、牧、渔专业及辅助性活动',
      27: '医药制造业',
      43: '金属制品、机械和设备修理业',
      62: '餐饮业',
      97: '国际组织',
    }
    for (const [code, name] of Object.entries(sure)) expect(byCode.get(code)).toBe(name)
  })

  it('gives each of the 97 divisions one section', () => {
    const sections = Array.from({ length: 97 }, (_, n) => industrySection(String(n + 1).padStart(2, '0')))
    expect([...new Set(sections)].join('')).toBe('ABCDEFGHIJKLMNOPQRST')
    expect(sections[42]).toBe('C')
    expect(sections[43]).toBe('D')
  })
})
