import { describe, expect, it } from 'vitest'
import { answerRemoteWriter, createRemoteWriter } from '../../src/ingest/writer-remote.ts'
import { YujingError } from '../../src/model/errors.ts'
import type { CanonicalEvent } from '../../src/model/event.ts'
import { canonical, pressed } from './setting.ts'

/** A lead at the other end of a wire that carries `mostBytes`; `fails`: the question at which it is gone. */
function wire(mostBytes: number, fails = Number.POSITIVE_INFINITY) {
  const questions: Uint8Array[] = []
  const stored: CanonicalEvent[] = []
  const answer = answerRemoteWriter({
    async append(events) {
      const indexes = Array.from({ length: events.length }, (_, index) => index)
      stored.push(...indexes.map((index) => events.event(index)))
      return indexes.map((index) => ({ kind: 'stored', position: { epoch: 'e', seq: questions.length, index } }))
    },
  })
  const ask = async (question: Uint8Array) => {
    questions.push(question)
    if (questions.length === fails) throw new YujingError('log.unavailable')
    return await answer(question)
  }
  return { writer: createRemoteWriter({ ask, mostBytes }), questions, stored }
}

describe('a writer that hands batches over', () => {
  const events = Array.from({ length: 300 }, (_, n) => canonical({ data: { text: '火锅'.repeat(n % 50) } }))

  it('cuts a call to what the wire carries, and answers for each event in order', async () => {
    const { writer, questions, stored } = wire(16_384)
    const outcomes = await writer.append(pressed(events))
    expect(stored).toEqual(events)
    expect(questions.length).toBeGreaterThan(3)
    expect(questions.filter((question) => question.length > 16_384)).toEqual([])
    const seqs = outcomes.map((outcome) => (outcome.kind === 'stored' ? outcome.position.seq : 0))
    expect(seqs).toHaveLength(events.length)
    expect(seqs).toEqual([...seqs].sort((a, b) => a - b))
  })

  it('fails as a whole when a later piece does', async () => {
    const { writer, stored } = wire(16_384, 3)
    await expect(writer.append(pressed(events))).rejects.toMatchObject({ code: 'log.unavailable' })
    expect(stored.length).toBeGreaterThan(0)
  })
})
