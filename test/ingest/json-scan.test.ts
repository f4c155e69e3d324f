import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { elementsOf, linesOf } from '../../src/ingest/json-scan.ts'

/** All elements, or null when it turned out to be no array. */
function split(text: string): string[] | null {
  const found: string[] = []
  const elements = elementsOf(text)
  for (;;) {
    const { done, value } = elements.next()
    if (done) return value ? found : null
    found.push(value)
  }
}

describe('telling the elements of an array apart', () => {
  it('finds the same elements as a parser', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), fc.constantFrom(undefined, 1, '\t'), (elements, indent) => {
        expect(split(JSON.stringify(elements, null, indent))?.map((text) => JSON.parse(text))).toEqual(
          JSON.parse(JSON.stringify(elements)),
        )
      }),
    )
  })

  it('agrees with a parser on what is no array', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('[', ']', '{', '}', '"', '\\', ',', ' ', '1') }), (text) => {
        const parts = split(text)
        const isArray = parts?.every((part) => parses(part)) ?? false
        expect(isArray).toBe(parses(text) && Array.isArray(JSON.parse(text)))
      }),
      { numRuns: 5_000 },
    )
  })
})

it('finds the lines that are not blank', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('\n', '\r', ' ', 'a', '字') }), (text) => {
      expect([...linesOf(text)]).toEqual(text.split('\n').filter((line) => line.trim() !== ''))
    }),
  )
})

function parses(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
