import { beforeEach, describe, expect, it } from 'vitest'
import { INGEST_LIMITS } from '../../src/ingest/limits.ts'
import { cloudEvent, createSetting, request, type Setting } from './setting.ts'

const LINES = 'application/x-ndjson'
const MIB = 1024 * 1024

const bodyOf = (type: string, events: readonly string[]) => (type === LINES ? events.join('\n') : `[${events.join()}]`)

/** An event of so many bytes that is right but for its length. */
function long(bytes: number): string {
  const of = (text: string) =>
    JSON.stringify(cloudEvent('complaint.filed', { id: 'long', data: { number: 'n', issue: 'i', text } }))
  return of('x'.repeat(bytes - of('').length))
}

describe.each([LINES, 'application/cloudevents-batch+json'])('a request at its bounds: %s', (type) => {
  let setting: Setting
  beforeEach(async () => {
    setting = createSetting()
    await setting.writer.start()
  })
  const accept = (events: readonly string[]) => setting.door.accept(request(type, bodyOf(type, events)))

  it('holds no more than 100,000 events, or nothing of it is taken and its beginning is kept', async () => {
    await expect(accept(Array<string>(100_001).fill('1'))).rejects.toMatchObject({ code: 'body.too-large' })
    expect(setting.logged()).toEqual([])
    expect(setting.quarantine.entries.map(({ code }) => code)).toEqual(['body.too-large'])
  })

  it('may hold exactly as many as are allowed', async () => {
    setting = createSetting({}, { limits: { ...INGEST_LIMITS, eventsPerRequest: 3 } })
    await setting.writer.start()
    const some = (count: number) => Array.from({ length: count }, () => JSON.stringify(cloudEvent('complaint.filed')))
    expect(await accept(some(3))).toMatchObject({ accepted: 3 })
    await expect(accept(some(4))).rejects.toMatchObject({ code: 'body.too-large' })
  })

  it('names an event that is too long up to 1 MiB, and does not read a longer one', async () => {
    await expect(accept([long(MIB), long(MIB + 1)])).rejects.toMatchObject({
      details: {
        rejected: [
          { index: 0, id: 'long', code: 'event.too-large' },
          { index: 1, id: null, code: 'event.too-large' },
        ],
      },
    })
  })
})
