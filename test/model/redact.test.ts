import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { redact } from '../../src/model/redact.ts'

describe('free text', () => {
  it.each([
    ['身份证140105198001010018已提供', '身份证[证件号]已提供'],
    ['身份证14010519800101001X已提供', '身份证[证件号]已提供'],
    ['老证140105800101001', '老证[证件号]'],
    ['证号 140105 19800101 001X。', '证号 [证件号]。'],
    ['电话13800138000请回电', '电话[电话]请回电'],
    ['电话１３８００１３８０００请回电', '电话[电话]请回电'],
    ['+86 138-0013-8000', '[电话]'],
    ['座机0351-7654321转2', '座机[电话]转2'],
    ['座机：7654321', '座机：[电话]'],
    ['打(0351)7654321', '打[电话]'],
    ['打4008123456', '打[电话]'],
    ['卡号6222021234567890123', '卡号[银行卡]'],
    ['卡号6222 0212 3456 7890 123', '卡号[银行卡]'],
    ['写信 wang.xm@example.com.cn', '写信 [邮箱]'],
    ['联系王小明先生', '联系[姓名]先生'],
    ['王女士和欧阳娜娜女士', '[姓名]女士和[姓名]女士'],
    ['买买提·吐尔逊先生', '[姓名]先生'],
    ['John Smith 先生', '[姓名] 先生'],
    ['王小明 先生', '[姓名] 先生'],
    ['投诉人李 四 女士', '投诉人[姓名] 女士'],
    ['找李　小　四　女士', '找[姓名]　女士'],
    ['138\u200B00138000', '[电话]'],
  ])('%s', (text, redacted) => expect(redact(text)).toBe(redacted))

  it.each(['2026-11-23买了3件共1980元', '这位先生', '编号SX12315-0001', '芹菜0.31毫克/千克', '办卡后门店关门'])(
    'keeps %s',
    (text) => expect(redact(text)).toBe(text),
  )

  it('leaves no identifying number in any surroundings, and is idempotent', () => {
    const digits = (length: number) =>
      fc.array(fc.nat(9), { minLength: length, maxLength: length }).map((d) => d.join(''))
    const mobile = fc.tuple(fc.constantFrom('3', '5', '8', '9'), digits(9)).map(([second, rest]) => `1${second}${rest}`)
    const id18 = fc.tuple(digits(6), digits(11), fc.constantFrom('X', 'x', '3')).map((parts) => parts.join(''))
    const card = fc.integer({ min: 16, max: 19 }).chain(digits)
    const number = fc.oneof(mobile, id18, digits(15), card)
    const around = fc.constantFrom('', '，', '电话', ' ', '。', 'a', '号')
    fc.assert(
      fc.property(around, number, around, (before, secret, after) => {
        const once = redact(before + secret + after)
        expect(once).not.toContain(secret)
        expect(once).not.toMatch(/\d{5}/)
        expect(redact(once)).toBe(once)
      }),
      { numRuns: 2_000 },
    )
  })
})
