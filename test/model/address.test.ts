import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addressKey, normaliseAddress } from '../../src/model/address.ts'
import { chineseNumberToDigits } from '../../src/model/chinese-number.ts'

const region = '140105'
const plain = '长治路105号12层1201室'

describe('address key', () => {
  it.each([
    '长治路105号12层1201室',
    '山西省太原市小店区长治路105号12层1201室',
    '太原市小店区长治路105号12层1201室',
    '小店区长治路105号12层1201室',
    '山西省太原市 小店区 长治路105号 12层 1201室',
    '山西太原小店区长治路105号12层1201室',
    '山西省，太原市·小店区（长治路）105号-12层-1201室',
    '长治路１０５号１２层１２０１室',
    '长治路一百零五号十二层一二〇一室',
    '长治路一○五号12层1201室',
    '太原市小店区长治路105号12层1201室（自主申报）',
    '长治路105号12层1201室A工位',
  ])('is the same for %s', (text) => {
    expect(normaliseAddress(region, text)).toBe(plain)
    expect(addressKey(region, text)).toBe(addressKey(region, plain))
  })

  it('is a1 and 32 hexadecimal digits', () => expect(addressKey(region, plain)).toMatch(/^a1[0-9a-f]{32}$/))

  it('tells rooms, houses and counties apart', () => {
    const keys = ['长治路105号12层1201室', '长治路105号12层1202室', '长治路106号12层1201室'].map((t) =>
      addressKey(region, t),
    )
    expect(new Set([...keys, addressKey('140106', plain)]).size).toBe(4)
  })

  it('leaves roads that are called like a place', () => {
    expect(normaliseAddress('140622', '应县路1号')).toBe('应县路1号')
    expect(normaliseAddress('140403', '长治路1号')).toBe('长治路1号')
  })

  it('knows past names of the county', () => {
    expect(normaliseAddress('140703', '晋中市太谷县康源路3号')).toBe('康源路3号')
    expect(normaliseAddress('140403', '长治市城区英雄路3号')).toBe('英雄路3号')
  })

  it('is none for an address that only names the county', () =>
    expect(addressKey(region, '山西省太原市小店区')).toBeNull())

  it('is idempotent', () => {
    const part = fc.constantFrom(
      ...'山西省|太原市|太原|小店区|长治路|一百零五|○|号|层|室|A|12|楼|-| |（|)|é|ｅ\u0301|应县|路|#'.split('|'),
    )
    const text = fc.oneof(
      fc.array(part, { maxLength: 14 }).map((parts) => parts.join('')),
      fc.string({ unit: 'binary' }),
    )
    fc.assert(
      fc.property(text, (address) => {
        const once = normaliseAddress(region, address)
        expect(normaliseAddress(region, once)).toBe(once)
      }),
      { numRuns: 3_000 },
    )
  })
})

describe('Chinese numerals', () => {
  it.each([
    ['三', '3'],
    ['十', '10'],
    ['十二', '12'],
    ['二十', '20'],
    ['二十三', '23'],
    ['一百零五', '105'],
    ['一千二百零一', '1201'],
    ['一二〇一', '1201'],
    ['贰拾叁', '23'],
  ])('%s is %s', (numeral, digits) => expect(chineseNumberToDigits(numeral)).toBe(digits))

  it('reads what it writes', () => {
    const digits = '零一二三四五六七八九'
    const write = (n: number): string => {
      const [thousands, hundreds, tens, ones] = [n / 1000, (n / 100) % 10, (n / 10) % 10, n % 10].map(Math.trunc) as [
        number,
        number,
        number,
        number,
      ]
      const parts = [
        thousands && `${digits[thousands]}千`,
        hundreds && `${digits[hundreds]}百`,
        tens && `${digits[tens]}十`,
        ones && digits[ones],
      ]
      return parts
        .map((part) => part || '零')
        .join('')
        .replace(/零+/g, '零')
        .replace(/^零|零$/g, '')
    }
    fc.assert(
      fc.property(fc.integer({ min: 11, max: 9999 }), (n) => {
        expect(chineseNumberToDigits(write(n))).toBe(String(n))
      }),
    )
  })
})
