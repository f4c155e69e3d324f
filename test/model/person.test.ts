import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  birthYearOf,
  idCheckCharacter,
  maskEmail,
  maskName,
  maskPhone,
  normaliseEmail,
  normaliseIdNumber,
  normalisePhone,
} from '../../src/model/person.ts'

describe('ID numbers', () => {
  it('of 15 digits become those of 18', () => {
    expect(normaliseIdNumber('110105491231002')).toBe('11010519491231002X')
    expect(birthYearOf('11010519491231002X')).toBe(1949)
  })

  it('have one form however they are written', () => {
    for (const text of ['11010519491231002x', ' 110105 19491231 002X', '１１０１０５１９４９１２３１００２Ｘ']) {
      expect(normaliseIdNumber(text)).toBe('11010519491231002X')
    }
  })

  it.each(['', '0', '000000000000000000', '110105194913310020', 'E12345678', '1101051949123100'])(
    '%j is none',
    (text) => expect(normaliseIdNumber(text)).toBeNull(),
  )

  it('old and new form of one person agree', () => {
    const date = fc.date({ min: new Date('1900-01-01'), max: new Date('1999-12-30'), noInvalidDate: true })
    fc.assert(
      fc.property(date, fc.nat(999), (born, order) => {
        const day = born.toISOString().slice(0, 10).replaceAll('-', '')
        const first17 = `140105${day}${String(order).padStart(3, '0')}`
        const long = first17 + idCheckCharacter(first17)
        expect(normaliseIdNumber(first17.slice(0, 6) + first17.slice(8))).toBe(long)
        expect(normaliseIdNumber(long)).toBe(long)
      }),
    )
  })
})

describe('masks', () => {
  it.each([
    ['王小明', '王**'],
    ['李 四', '李*'],
    ['李', '*'],
    ['买买提·吐尔逊', '买***'],
  ])('of %s is %s', (name, masked) => expect(maskName(name)).toBe(masked))

  it('of phones and e-mails', () => {
    expect(maskPhone('13800138000')).toBe('138****8000')
    expect(maskPhone('7000000')).toBe('****00')
    expect(maskEmail('wang@example.com')).toBe('w***@example.com')
    expect(maskEmail('w@example.com')).toBe('***@example.com')
  })
})

describe('contacts', () => {
  it.each(['13800138000', '+86 138-0013-8000', '008613800138000', '8613800138000', '１３８００１３８０００'])(
    '%s is one phone',
    (text) => expect(normalisePhone(text)).toBe('13800138000'),
  )
  it('that are none have no form', () => {
    expect(normalisePhone('无')).toBeNull()
    expect(normaliseEmail('nobody')).toBeNull()
    expect(normaliseEmail(' Wang@Example.COM ')).toBe('wang@example.com')
  })
})
