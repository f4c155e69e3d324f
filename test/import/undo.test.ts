import { expect, test } from 'vitest'
import type { Item } from '../../src/import/item.ts'
import { undoSource } from '../../src/import/undo.ts'

const LINES = ['{"source":"/sx/court","id":"1","region":"140105"}', '王小明 13800138000', 'null', '{"id":7}']

test('what was under way and is no event is passed over, not quoted', async () => {
  const items = LINES.map(
    (text, n): Item => ({
      line: n + 1,
      start: n * 10,
      end: n * 10 + 10,
      nextLine: n + 2,
      events: [text],
      rules: [],
      fault: null,
    }),
  )
  const source = {
    async *items() {
      yield items
    },
    explain: () => '',
  }
  const undo = { run: 'run', startedAt: '2026-11-23T08:00:00+08:00', reason: 'wrong month' }
  const withdrawn: unknown[] = []
  for await (const group of undoSource(source, { stretches: [], sending: 40, offset: 0 }, undo).items({
    offset: 0,
    line: 1,
  }))
    for (const { events } of group) withdrawn.push(...events.map((text) => JSON.parse(text)))
  expect(withdrawn).toMatchObject([{ type: 'event.retracted', source: '/sx/court', retracts: '1' }])
})
