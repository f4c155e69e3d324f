import { describe, expect, it } from 'vitest'
import { Batch } from '../../src/ingest/writer/batch.ts'
import type { LoggedEvent } from '../../src/model/event.ts'
import { decodeBatch, keysText, MAX_MESSAGE_BYTES, placeText } from '../../src/model/row.ts'
import { canonical, NOW, pressed } from './setting.ts'

const MOST_BYTES = MAX_MESSAGE_BYTES - 1_024

describe('a message that is being made up', () => {
  for (const character of ['a', 'é', '店', '🏪'])
    it(`is filled to its last byte and holds every row whole: ${character}`, () => {
      /** Some with a key of their own, some with one more from the register. */
      function rowAt(index: number): LoggedEvent {
        const own = { agent: { key: `own ${character}` } }
        const data = { ...(index % 3 > 0 && own), text: character.repeat(3_000 + (index % 7)) }
        return {
          ...canonical({ id: String(index), data }),
          position: { epoch: '0123456789abcdef', seq: 7, index },
          receivedAt: NOW,
          register: { kind: character.repeat(index % 5) },
          keys: [
            ...(index % 3 > 0 ? [['agent', `own ${character}`] as const] : []),
            ...(index % 3 > 1 ? [['agent', character] as const] : []),
          ],
        }
      }
      function add(to: Batch, index: number): boolean {
        const row = rowAt(index)
        const place = placeText(row.position, row.receivedAt)
        const keys = index % 3 > 1 ? keysText(row.keys) : null
        return to.add(pressed([row]), 0, { place, register: JSON.stringify(row.register), keys })
      }
      const batch = new Batch()
      const added: number[] = []
      for (let index = 0; add(batch, index); index += 1) added.push(index)

      const payload = batch.payload()
      expect(decodeBatch(payload)).toMatchObject(added.map(rowAt))
      expect(payload.length).toBeLessThanOrEqual(MOST_BYTES)
      const next = new Batch()
      add(next, added.length)
      expect(payload.length + 1 + next.payload().length).toBeGreaterThanOrEqual(MOST_BYTES)
    })
})
