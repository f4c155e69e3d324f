import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { IngestAnswer } from '../../src/ingest/tally.ts'
import { YujingError } from '../../src/model/errors.ts'
import type { Fault } from '../support/memory-log.ts'
import { cloudEvent, createSetting, type Setting } from './setting.ts'

/**
 * Whatever goes wrong at the log, a source that sends every request until it is answered finds: in = stored + duplicate +
 * reused + rejected for each request, every event in the log exactly once, and only the first content of each id.
 */
const event = fc.record({ id: fc.nat(15), content: fc.nat(1), broken: fc.nat(9).map((n) => n === 0) })
const fault = fc.constantFrom<Fault>('full', 'lost', 'answer-lost', 'late')
const step = fc.record({
  requests: fc.array(fc.array(event, { minLength: 1, maxLength: 8 }), { minLength: 1, maxLength: 4 }),
  faults: fc.array(fault, { maxLength: 3 }),
  restart: fc.nat(4).map((n) => n === 0),
})

function sent({ id, content, broken }: { id: number; content: number; broken: boolean }): Record<string, unknown> {
  const data = { number: `n${content}`, issue: 'i' }
  return cloudEvent('complaint.filed', {
    id: broken ? `broken-${id}` : `id-${id}`,
    data,
    ...(broken ? { region: '1' } : {}),
  })
}

async function untilAnswered(setting: Setting, events: readonly unknown[]): Promise<IngestAnswer> {
  for (let attempt = 0; attempt < 50; attempt += 1) {
    try {
      return await setting.send(...events)
    } catch (error) {
      if (!(error instanceof YujingError)) throw error
      if (error.code === 'region.unknown') return error.details as IngestAnswer
    }
  }
  throw new Error('never answered')
}

it('loses nothing and doubles nothing', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 8 }), async (steps) => {
      const setting = createSetting()
      await setting.writer.start()
      const ids = new Set<string>()
      let accepted = 0
      for (const { requests, faults, restart } of steps) {
        if (restart) setting.log.restart()
        setting.log.fail(...faults)
        const batches = requests.map((request) => request.map(sent))
        const answers = await Promise.all(batches.map((batch) => untilAnswered(setting, batch)))
        for (const [index, answer] of answers.entries()) {
          expect(answer.accepted + answer.duplicates + answer.rejected.length).toBe(batches[index]?.length)
          accepted += answer.accepted
        }
        for (const { id } of batches.flat()) if (String(id).startsWith('id-')) ids.add(String(id))
      }
      const logged = setting.logged()
      expect(new Set(logged.map(({ id }) => id))).toEqual(ids)
      expect(logged).toHaveLength(ids.size)
      expect(accepted).toBeLessThanOrEqual(ids.size)
      expect(setting.log.messages.map(({ seq }) => seq)).toEqual(setting.log.messages.map((_, index) => index + 1))
      for (const { position, id } of logged)
        expect([id, position.seq]).toEqual([id, setting.log.messages[position.seq - 1]?.seq])
      await setting.writer.stop()
    }),
    { numRuns: 200 },
  )
})
