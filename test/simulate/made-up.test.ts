import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { addressKey } from '../../src/model/address.ts'
import { COUNTIES } from '../../src/model/area-table.ts'
import { isCreditCode, organisationCheckFits } from '../../src/model/credit-code.ts'
import { parseIndustry } from '../../src/model/industry.ts'
import { idCheckCharacter, normaliseIdNumber, normalisePhone } from '../../src/model/person.ts'
import { drawRoom, sharedPremises, spelling } from '../../src/simulate/addresses.ts'
import { Agenda } from '../../src/simulate/agenda.ts'
import { CODES, madeUpCreditCode } from '../../src/simulate/credit-codes.ts'
import { INDUSTRIES } from '../../src/simulate/industries.ts'
import { madeUpPerson } from '../../src/simulate/people.ts'
import { createPopulation } from '../../src/simulate/population.ts'
import { streams, weighted } from '../../src/simulate/random.ts'

const index = fc.integer({ min: 0, max: CODES - 1 })
const region = fc.constantFrom(...COUNTIES.map(([code]) => code))

describe('credit codes', () => {
  test('both checks are right for every index', () => {
    fc.assert(
      fc.property(index, region, index, (number, area, offset) => {
        const code = madeUpCreditCode(number, area, offset)
        return isCreditCode(code) && organisationCheckFits(code) && code.startsWith(`91${area}MA`)
      }),
    )
  })

  test('codes of different indexes differ', () => {
    fc.assert(
      fc.property(index, index, index, (a, b, offset) => {
        return (a === b) === (madeUpCreditCode(a, '140105', offset) === madeUpCreditCode(b, '140105', offset))
      }),
    )
    const codes = new Set(Array.from({ length: 50_000 }, (_, number) => madeUpCreditCode(number, '140105', 7)))
    expect(codes.size).toBe(50_000)
  })
})

describe('people', () => {
  test('have ID numbers that check, of no area there is, and phones of no operator', () => {
    for (let number = 0; number < 2_000; number++) {
      const { name, idNumber, phone } = madeUpPerson(streams('1', 'people').at(number))
      expect(name).toMatch(/^\p{Script=Han}{2,4}$/u)
      expect(normaliseIdNumber(idNumber)).toBe(idNumber)
      expect(idCheckCharacter(idNumber)).toBe(idNumber.at(-1))
      expect(idNumber).toMatch(/^00\d{4}(19|20)/)
      expect(normalisePhone(phone)).toBe(phone)
      expect(phone).toMatch(/^16[013489]\d{8}$/)
    }
  })

  test('differ from each other', () => {
    const people = Array.from({ length: 20_000 }, (_, number) => madeUpPerson(streams('1', 'people').at(number)))
    expect(new Set(people.map(({ idNumber }) => idNumber)).size).toBe(20_000)
    expect(new Set(people.map(({ phone }) => phone)).size).toBeGreaterThan(19_990)
  })
})

describe('addresses', () => {
  test('however a clerk writes it, a room has one key; another room has another', () => {
    const keys = new Set<string>()
    for (let number = 0; number < 500; number++) {
      const random = streams('1', 'rooms').at(number)
      const county = random.pick(COUNTIES)[0]
      const { address } = drawRoom(random, county)
      const spellings = [0, 1, 2, 3].map((variant) => spelling(address, variant))
      expect(new Set(spellings).size).toBe(4)
      expect(new Set(spellings.map((text) => addressKey(county, text))).size, address).toBe(1)
      keys.add(addressKey(county, address) ?? '')
    }
    expect(keys.size).toBe(500)
  })

  test('a county has one cluster address', () => {
    expect(sharedPremises('140105', 'cluster')).toEqual(sharedPremises('140105', 'cluster'))
  })
})

describe('the population', () => {
  const population = createPopulation('1')

  test('is a function of the index', () => {
    const other = createPopulation('1')
    for (const number of [0, 17, 399_999_999]) {
      expect(other.enterprise(number)).toEqual(population.enterprise(number))
      expect(population.enterprise(number)).toMatchObject({ ...population.subject(number) })
      expect(population.premises(number, 3).region).toBe(population.subject(number).region)
    }
  })

  test('has plausible names, industries of the standard and all counties', () => {
    const counties = new Set<string>()
    for (let number = 0; number < 20_000; number++) counties.add(population.subject(number).region)
    expect(counties.size).toBe(COUNTIES.length)
    expect(INDUSTRIES.map(({ code }) => parseIndustry(code))).toEqual(INDUSTRIES.map(({ code }) => code))
    for (let number = 0; number < 200; number++)
      expect(population.enterprise(number).name).toMatch(
        /^\p{Script=Han}{2}市\p{Script=Han}{4,}(有限公司|股份有限公司|有限公司分公司|厂|中心（有限合伙）)$/u,
      )
  })

  test('no ordinary room holds so many that it would look like a mass registration', () => {
    const rooms = new Map<string, number>()
    for (let number = 0; number < 50_000; number++) {
      const { address, addressKind } = population.premises(number, 0)
      if (addressKind === 'ordinary' || addressKind === 'residential') rooms.set(address, (rooms.get(address) ?? 0) + 1)
    }
    expect(Math.max(...rooms.values())).toBeGreaterThan(1)
    expect(Math.max(...rooms.values())).toBeLessThan(5)
  })
})

describe('chance', () => {
  test('sfc32 gives the numbers it has always given', () => {
    const random = streams('1', 'test').at(0)
    expect(Array.from({ length: 4 }, () => random.between(0, 999))).toMatchInlineSnapshot(`
      [
        195,
        675,
        884,
        249,
      ]
    `)
  })

  test('streams with neighbouring numbers have nothing in common', () => {
    let same = 0
    for (let number = 0; number < 1_000; number++)
      if (
        Math.abs(
          streams('1', 'x').at(number).next() -
            streams('1', 'x')
              .at(number + 1)
              .next(),
        ) < 0.01
      )
        same++
    expect(same).toBeLessThan(45)
  })

  test('numbers are uniform', () => {
    const counts = Array.from({ length: 16 }, () => 0)
    const random = streams('1', 'uniform').at(0)
    for (let n = 0; n < 160_000; n++) {
      const bin = Math.floor(random.next() * 16)
      counts[bin] = (counts[bin] ?? 0) + 1
    }
    const chiSquare = counts.reduce((total, count) => total + (count - 10_000) ** 2 / 10_000, 0)
    expect(chiSquare).toBeLessThan(37.7) // 15 degrees of freedom, p = 0.001
  })

  test('weights are kept, and what weighs nothing is not drawn', () => {
    const draw = weighted([
      ['a', 1],
      ['never', 0],
      ['b', 3],
    ] as const)
    const random = streams('1', 'weights').at(0)
    const drawn = Array.from({ length: 8_000 }, () => draw(random))
    expect(drawn).not.toContain('never')
    expect(drawn.filter((each) => each === 'b').length / 8_000).toBeCloseTo(0.75, 1)
  })

  test('an agenda gives what was noted by time, then in the order of noting', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 20 })), (times) => {
        const agenda = new Agenda<number>()
        for (const [noted, time] of times.entries()) agenda.note(time, noted)
        const expected = [...times.entries()].sort((a, b) => a[1] - b[1] || a[0] - b[0]).map(([noted]) => noted)
        const taken = times.map(() => agenda.take()?.item)
        expect(taken).toEqual(expected)
        expect(agenda.take()).toBeUndefined()
      }),
    )
  })
})
