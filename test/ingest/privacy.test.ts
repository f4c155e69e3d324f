import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createPseudonyms } from '../../src/ingest/pseudonyms.ts'
import { createSeal } from '../../src/ingest/seal.ts'
import type { IngestAnswer } from '../../src/ingest/tally.ts'
import type { YujingError } from '../../src/model/errors.ts'
import { cloudEvent, createSetting, PERSON_KEY } from './setting.ts'

const digit = fc.nat(9).map(String)
const digits = (length: number) => fc.array(digit, { minLength: length, maxLength: length }).map((d) => d.join(''))
const birthday = fc
  .date({ min: new Date('1930-01-01'), max: new Date('1999-12-31'), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10).replaceAll('-', ''))
const idNumber = fc.tuple(birthday, digits(3)).map(([day, order]) => `140105${day}${order}X`)
const phone = fc.tuple(fc.constantFrom('3', '5', '8'), digits(9)).map(([second, rest]) => `1${second}${rest}`)
const email = fc
  .tuple(fc.constantFrom('zhangwei', 'li.na', 'wang88'), digits(4))
  .map(([name, n]) => `${name}${n}@example.com`)
const name = fc
  .tuple(fc.constantFrom('王', '李', '欧阳'), fc.constantFrom('小明', '建国', '秀英'))
  .map((parts) => parts.join(''))
const person = fc.record(
  { name, idNumber, phone, key: digits(12).map((d) => `given-${d}`) },
  { requiredKeys: ['name'] },
)
const sentence = fc.tuple(name, idNumber, phone, email, digits(19)).map(([n, id, p, e, card]) => ({
  text: `${n}先生，证${id}，电话${p}，${e}，卡${card}`,
  secrets: [`${n}先生`, id, p, e, card],
}))

/** An event that names people wherever it can, and everything in it that must not be seen again. */
const telling = fc
  .record({ a: person, b: person, c: person, words: sentence, mail: email })
  .chain(({ a, b, c, words, mail }) => {
    const people = [a, b, c].flatMap(({ name, idNumber, phone, key }) => [name, idNumber, phone, key])
    const secrets = [...people.filter((secret) => secret !== undefined), ...words.secrets, mail]
    const registered = {
      name: '某某商贸有限公司',
      kind: '1130',
      capital: 1,
      address: `长治路1号，${words.text}`,
      legalRepresentative: a,
      shareholders: [
        { holder: b, ratio: 0.5 },
        { holder: c, ratio: 0.5 },
      ],
      phone: a.phone ?? '13912345678',
      email: mail,
      agent: { name: '代理', key: b.idNumber ?? 'agent' },
      scope: words.text,
    }
    const changes = [
      { field: 'legalRepresentative', before: a, after: b },
      { field: 'shareholders', before: [{ holder: b, ratio: 1 }], after: [{ holder: c, ratio: 1 }] },
      { field: 'address', before: words.text, after: words.text },
      { field: 'scope', before: words.text, after: words.text },
      { field: 'phone', before: a.phone ?? '13912345678', after: b.phone ?? '13912345678' },
    ]
    const respondent = { name: words.text, address: words.text }
    return fc
      .constantFrom(
        cloudEvent('enterprise.registered', { data: registered }),
        cloudEvent('enterprise.changed', { data: { changes } }),
        cloudEvent('equity.frozen', { data: { ratio: 1, holder: a } }),
        cloudEvent('restriction.imposed', { data: { person: a, kind: words.text, until: '2029-01-01' } }),
        cloudEvent('complaint.filed', {
          data: { number: 'n', issue: words.text.slice(0, 60), complainant: a, respondent, text: words.text },
        }),
        cloudEvent('report.filed', { data: { number: 'n', issue: 'i', reporter: b, text: words.text } }),
        cloudEvent('opinion.reported', {
          data: { sentiment: 0, source: words.text, url: words.text, text: words.text },
        }),
        cloudEvent('event.retracted', { data: { reason: words.text } }),
      )
      .map((event) => ({ event, secrets }))
  })

describe('what the door lets through', () => {
  it('holds no name, number or address of a person: log, quarantine, answer', async () => {
    await fc.assert(
      fc.asyncProperty(telling, fc.boolean(), async ({ event, secrets }, wrong) => {
        const setting = createSetting()
        await setting.writer.start()
        await setting.send(event)
        const reused = { ...event, region: '140106' }
        const refused = {
          ...event,
          id: 'other',
          ...(wrong
            ? { region: '1' }
            : {
                data: {
                  ...(event.data as object),
                  capital: 'x',
                  complainant: 1,
                  holder: 1,
                  person: 1,
                  changes: 1,
                  sentiment: 'x',
                  reporter: 1,
                  reason: 1,
                },
              }),
        }
        const answer = await setting
          .send(reused, refused, '{')
          .catch((error: YujingError) => error.details as IngestAnswer)
        const seen = [
          ...setting.log.messages.map(({ payload }) => new TextDecoder().decode(payload)),
          JSON.stringify(setting.quarantine.entries),
          JSON.stringify(answer),
        ].join('\n')
        expect(setting.quarantine.entries).toHaveLength(3)
        for (const secret of secrets) expect(seen).not.toContain(secret)
        const seal = createSeal(PERSON_KEY)
        expect(JSON.parse(seal.open(setting.quarantine.entries[0]?.payload ?? ''))).toEqual(reused)
      }),
      { numRuns: 150 },
    )
  })
})

describe('pseudonyms', () => {
  const create = (strong = false, cached = 10) =>
    createPseudonyms({ personKey: PERSON_KEY, strongSource: () => strong, cached })
  const at = { source: '/a', id: '1', subject: '91140105MA0K2914XG' }

  it('are the same for the same person, whoever asks and whatever was asked before', () => {
    fc.assert(
      fc.property(fc.array(person, { minLength: 1, maxLength: 30 }), (people) => {
        const cached = create()
        for (const one of people) expect(cached.person(one, at, false)).toEqual(create().person(one, at, false))
      }),
    )
  })

  it('strong ones follow the ID number alone, in both of its forms', () => {
    const long = create().person({ name: '王', idNumber: '11010519491231002X', phone: '13800138000' }, at, true)
    const short = create().person({ idNumber: '110105491231002' }, { source: '/b', id: '2', subject: '' }, true)
    expect(short.key).toBe(long.key)
    expect(long).toMatchObject({ strength: 'strong', birthYear: 1949, name: '*' })
    expect(create().person({ idNumber: '11010519491231002X' }, at, false)).not.toHaveProperty('birthYear')
  })

  it('given keys belong to their source and are strong only where it is registered so', () => {
    const sent = { key: 'k' }
    expect(create().person(sent, at, false).strength).toBe('medium')
    expect(create(true).person(sent, at, false).strength).toBe('strong')
    expect(create().person(sent, { ...at, source: '/b' }, false).key).not.toBe(create().person(sent, at, false).key)
  })

  it('weak ones stay within one enterprise, and within one event where there is none', () => {
    const sent = { name: '王小明' }
    const here = create().person(sent, at, false)
    expect(here.strength).toBe('weak')
    expect(create().person({ name: '王 小明' }, { ...at, id: '2' }, false)).toEqual(here)
    expect(create().person(sent, { ...at, subject: '91140171MA0K17771B' }, false).key).not.toBe(here.key)
    const nowhere = { ...at, subject: '' }
    expect(create().person(sent, nowhere, false).key).not.toBe(
      create().person(sent, { ...nowhere, id: '2' }, false).key,
    )
  })

  it('an unidentified person has none; fillers join nobody', () => {
    expect(create().person({}, at, false)).toEqual({})
    expect(create().person({ idNumber: '0' }, at, false)).toEqual({})
    expect(create().person({ idNumber: '000000000000000000' }, at, false).strength).toBe('medium')
    expect(create().phone('无')).toBeNull()
  })

  it('differ under another secret', () => {
    const other = createPseudonyms({ personKey: Buffer.from('another'), strongSource: () => false, cached: 1 })
    expect(other.phone('13800138000')?.key).not.toBe(create().phone('13800138000')?.key)
    expect(create().phone('13800138000')).toEqual({
      masked: '138****8000',
      key: expect.stringMatching(/^p1[0-9a-f]{32}$/),
    })
  })
})

describe('the seal', () => {
  it('opens what it closed, and nothing that was changed or sealed by another', () => {
    const seal = createSeal(PERSON_KEY)
    const closed = seal.close('王小明')
    expect(seal.open(closed)).toBe('王小明')
    expect(seal.close('王小明')).not.toBe(closed)
    expect(() => createSeal(Buffer.from('another')).open(closed)).toThrow()
    const bytes = Buffer.from(closed, 'base64')
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1
    expect(() => seal.open(bytes.toString('base64'))).toThrow()
    expect(() => seal.open('AA==')).toThrow()
  })
})
