import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseServerMessage } from '../../dashboards/console/src/live/messages.ts'

test('reads the frames of the feed', () => {
  expect(parseServerMessage('{"type":"hello","epoch":"e1","offset":9,"version":1}')).toEqual({
    type: 'hello',
    epoch: 'e1',
    offset: 9,
  })
  expect(parseServerMessage('{"type":"gone","offset":3,"id":"a"}')).toEqual({ type: 'gone', offset: 3, id: 'a' })
  expect(
    parseServerMessage(
      '{"type":"pulse","offset":4,"eventsPerSecond":2.5,"lag":1,"open":{"red":2,"orange":0},"silentSources":["/sx/tax"]}',
    ),
  ).toEqual({
    type: 'pulse',
    offset: 4,
    eventsPerSecond: 2.5,
    lag: 1,
    open: { red: 2, orange: 0, yellow: 0, blue: 0 },
    silentSources: ['/sx/tax'],
  })
})

test('what it does not know, or what is no frame at all, is passed over', () => {
  expect(parseServerMessage('{"type":"weather","offset":9}')).toBeNull()
  expect(parseServerMessage('{"type":"alert","offset":9}')).toBeNull()
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      parseServerMessage(text)
    }),
  )
})
