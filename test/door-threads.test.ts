import { afterEach, describe, expect, it, vi } from 'vitest'
import { type DoorThreads, startDoorThreads } from '../src/door-threads.ts'
import type { ContentMode } from '../src/ingest/body.ts'
import type { SentBody } from '../src/ingest/preparer.ts'
import { YujingError } from '../src/model/errors.ts'
import { ALL_RIGHTS, cloudEvent, createSetting, PERSON_KEY, request, type Setting } from './ingest/setting.ts'

const running: { stop(): Promise<void> }[] = []
afterEach(async () => {
  for (const one of running.splice(0).reverse()) await one.stop()
})

function threads(count: number, onFatal = vi.fn()): DoorThreads {
  const started = startDoorThreads({ threads: count, personKey: PERSON_KEY, onFatal })
  running.push(started)
  return started
}

async function started(preparer?: DoorThreads): Promise<Setting> {
  const setting = createSetting({}, preparer === undefined ? {} : { preparer })
  await setting.writer.start()
  running.push(setting.writer)
  return setting
}

const told = (setting: Setting) =>
  setting.logged().map(({ position, ...event }) => ({ ...event, index: position.index }))

describe('a door in threads', () => {
  const person = { name: '王小明', idNumber: '140105198001011234', phone: '13800138000' }
  const complaint = (more: object = {}) => cloudEvent('complaint.filed', { ...more })
  const mixed = [
    complaint({ data: { number: 'n', issue: 'refund', complainant: person, text: '火锅店 13912345678' } }),
    complaint({ region: '999999' }),
    7,
    cloudEvent('enterprise.registered'),
    ...Array.from({ length: 1_700 }, (_, n) => complaint(n === 1_200 ? { backfill: true } : {})),
    complaint({ data: { number: 'n' } }),
  ]
  const again = [mixed[0], { ...(mixed[3] as object), region: '140106' }, complaint({ id: 'new' })]

  it('lets in, refuses, writes and keeps the same as one without', async () => {
    const [here, there] = [await started(), await started(threads(2))]
    for (const events of [mixed, again]) expect(await there.send(...events)).toEqual(await here.send(...events))
    expect(told(there)).toEqual(told(here))
    const kept = (setting: Setting) => setting.quarantine.entries.map(({ payload, ...entry }) => entry)
    expect(kept(there)).toEqual(kept(here))
    expect(kept(there)).toHaveLength(4)
  })

  it('takes nothing of a body that cannot be read', async () => {
    const setting = await started(threads(1))
    const body = `[${mixed.slice(4).map((event) => JSON.stringify(event))}`
    const sent = setting.door.accept(request('application/cloudevents-batch+json', body))
    await expect(sent).rejects.toMatchObject({ code: 'body.malformed' })
    expect(setting.logged()).toEqual([])
  })

  it('prepares no more of a request that has failed, and serves the others', async () => {
    const setting = await started(threads(1))
    setting.log.fail('lost')
    await expect(setting.send(...mixed)).rejects.toMatchObject({ code: 'log.unavailable' })
    expect(await setting.send(...mixed)).toMatchObject({ accepted: 1_702, rejected: [{ index: 1 }, { index: 2 }, {}] })
  })

  const lines = (events: readonly unknown[], mode: ContentMode = 'lines'): SentBody => {
    const body = Buffer.from(events.map((event) => JSON.stringify(event)).join('\n'))
    return { parts: [{ body, mode, headers: {} }], rights: ALL_RIGHTS, lane: 'live', registered: [] }
  }

  it('fails on a request that trips it, and goes on', async () => {
    const onFatal = vi.fn()
    const preparer = threads(1, onFatal)
    const first = (sent: SentBody) => preparer.prepare(sent, Date.now)[Symbol.asyncIterator]().next()
    const unheardOf = 'unheard-of' as ContentMode
    await expect(first(lines([mixed[0]], unheardOf))).rejects.toThrow('failed on a request')
    expect((await first(lines([mixed[0]]))).value).toMatchObject({ covered: 1 })
    expect(onFatal).not.toHaveBeenCalled()
  })

  it('answers what is in work when it ends', async () => {
    const preparer = threads(1)
    const portions = preparer.prepare(lines(mixed), Date.now)[Symbol.asyncIterator]()
    await portions.next()
    await preparer.stop()
    await expect(
      (async () => {
        for (;;) if ((await portions.next()).done === true) return
      })(),
    ).rejects.toThrow(YujingError)
  })
})
