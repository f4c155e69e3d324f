import { describe, expect, it } from 'vitest'
import { UsageError } from '../../src/commands/context.ts'
import { checkLimits } from '../../src/commands/key-limits.ts'

describe('what a key is limited to', () => {
  it.each([
    {},
    { areas: '140105,140100,140000' },
    { types: 'complaint.filed,penalty.*' },
    { sources: '/sx/12315,urn:sx:registry' },
  ])('%o is taken', (limits) => expect(() => checkLimits(limits)).not.toThrow())

  it.each([
    [{ areas: '140199' }, '140199'],
    [{ areas: '太原' }, '太原'],
    [{ areas: '140105,' }, '--areas'],
    [{ types: 'complaint.filled' }, 'complaint.filled'],
    [{ types: 'nothing.*' }, 'nothing.*'],
    [{ sources: '/sx/12315, /sx/other' }, '/sx/other'],
    [{ sources: '' }, '--sources'],
  ])('%o is wrong usage, and the message names it', (limits, named) => {
    expect(() => checkLimits(limits)).toThrow(UsageError)
    expect(() => checkLimits(limits)).toThrow(named)
  })
})
