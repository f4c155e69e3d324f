import { describe, expect, it } from 'vitest'
import { Batch } from '../../src/ingest/writer/batch.ts'
import { decodeBatch, encodeRow, MAX_MESSAGE_BYTES } from '../../src/model/row.ts'
import { eventAt } from '../support/log-lines.ts'

const HEADER_ROOM = 1_024

describe('a message that is being made up', () => {
  for (const character of ['a', 'é', '店', '🏪'])
    it(`is filled to its last byte and holds every row whole: ${character}`, () => {
      const batch = new Batch()
      const rowAt = (index: number) => eventAt(1, index, { data: { text: character.repeat(3_000 + (index % 7)) } })
      const added: number[] = []
      for (let index = 0; batch.add(rowAt(index), rowAt(index)); index += 1) added.push(index)

      const payload = batch.payload()
      expect(decodeBatch(payload)).toEqual(added.map(rowAt))
      expect(payload.length).toBeLessThanOrEqual(MAX_MESSAGE_BYTES - HEADER_ROOM)
      const next = Buffer.byteLength(encodeRow(rowAt(added.length), rowAt(added.length)))
      expect(payload.length + 1 + next).toBeGreaterThanOrEqual(MAX_MESSAGE_BYTES - HEADER_ROOM)
    })
})
