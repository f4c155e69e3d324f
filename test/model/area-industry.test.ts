import { describe, expect, it } from 'vitest'
import { areaName, fullAreaName, inArea, isCounty, resolveCounty } from '../../src/model/area.ts'
import { ALIASES, CITIES, COUNTIES, DIVIDED } from '../../src/model/area-table.ts'
import { industrySection, parseIndustry } from '../../src/model/industry.ts'

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

  it('gives each of the 97 divisions one section', () => {
    const sections = Array.from({ length: 97 }, (_, n) => industrySection(String(n + 1).padStart(2, '0')))
    expect([...new Set(sections)].join('')).toBe('ABCDEFGHIJKLMNOPQRST')
    expect(sections[42]).toBe('C')
    expect(sections[43]).toBe('D')
  })
})
