import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  CREDIT_CODE_ALPHABET,
  creditCheckCharacter,
  creditCodeFault,
  isCreditCode,
  organisationCheckFits,
} from '../../src/model/credit-code.ts'

const characters = fc.constantFrom(...CREDIT_CODE_ALPHABET)
const codes = fc
  .array(characters, { minLength: 17, maxLength: 17 })
  .map((first) => first.join('') + creditCheckCharacter(first.join('')))

describe('credit codes', () => {
  it.each([
    '91350100M000100Y43',
    '91140105MA0K2914XG',
    '91140171MA0K17771B',
    '91140212MA0K6317XG',
    '91140802MA0K066935',
  ])('takes %s', (code) => expect(creditCodeFault(code)).toBeNull())

  it('catches every single wrong character', () => {
    fc.assert(
      fc.property(codes, fc.nat(17), characters, (code, place, wrong) => {
        fc.pre(code[place] !== wrong)
        const typed = code.slice(0, place) + wrong + code.slice(place + 1)
        expect(creditCodeFault(typed)).toBe('check-character')
      }),
      { numRuns: 2_000 },
    )
  })

  it.each([
    '',
    '91350100M000100Y4',
    '91350100M000100Y433',
    '91350100m000100y43',
    '9135O100M000100Y43',
    ' 1350100M000100Y43',
  ])('calls %j malformed', (text) => {
    expect(creditCodeFault(text)).toBe('malformed')
    expect(isCreditCode(text)).toBe(false)
  })

  it('knows the inner check, which only warns', () => {
    // The inner code 00000000-0 has check 0.
    expect(organisationCheckFits('911401050000000000')).toBe(true)
    expect(organisationCheckFits('911401050000000010')).toBe(false)
  })
})
