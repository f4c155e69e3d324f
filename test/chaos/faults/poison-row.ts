import { randomBytes } from 'node:crypto'
import { decodeBatch, encodeRow } from '../../../src/model/row.ts'
import { eventually } from '../../support/service.ts'
import { complaint, creditCode } from '../../support/world.ts'
import { justNow, openLog, runtimeOf, type World, withStoppedLog } from '../world.ts'
import type { Fault } from './fault.ts'

let poisoned = 0

/**
 * A batch with a row that ClickHouse refuses, as a version with a fault might have written it: the row is found and put
 * into quarantine, its neighbours are stored, the stream goes on.
 */
export const poisonRow: Fault = {
  name: 'poison row',
  weight: 1,
  target: 'all',
  async run(world, random) {
    const { service, refused } = world
    const { logMaxBytes } = runtimeOf(service)
    const seed = await templateOf(world)
    await service.halt()
    await withStoppedLog(service.dataDir, logMaxBytes, async ({ epoch, events: log }) => {
      const last = await log.last()
      const found = await log.get(seed)
      const template = found && decodeBatch(found.payload)[0]
      if (!template) throw new Error(`message ${seed} is not there`)
      poisoned += 1
      const source = `/chaos/poison-${poisoned}`
      const lines = Array.from({ length: random.between(1, 40) }, (_, index) => {
        const position = { epoch, seq: last + 1, index }
        const idHash = BigInt(`0x${randomBytes(16).toString('hex')}`).toString()
        return encodeRow({ ...template, position, source, id: String(index + 1) }, { ...template, idHash })
      })
      const bad = random.between(0, lines.length - 1)
      lines[bad] = poison(lines[bad] ?? '')
      const payload = new TextEncoder().encode(lines.join('\n'))
      const message = { kind: 'rows', payload, msgId: `${epoch}-${last + 1}`, count: lines.length } as const
      await log.append({ ...message, expectedLastSeq: last })
      world.made.set(source, lines.length)
      refused.set(last + 1, 1)
    })
    await service.start()
    await expectQuarantined(world)
  },
}

/** The member `test` is a number for ClickHouse; whoever else reads the row takes what is not 1 for false. */
function poison(line: string): string {
  const row = JSON.parse(line) as unknown[]
  row[13] = 'not a number'
  return JSON.stringify(row)
}

/** Sends one good event and answers with the sequence at which a message of rows stands. */
async function templateOf(world: World): Promise<number> {
  const source = `/chaos/template-${poisoned + 1}`
  const event = { ...complaint(creditCode(1), { time: justNow(world), id: '1', phone: '13700000000' }), source }
  world.made.set(source, 1)
  await world.sender.send([event])
  const log = await openLog(world)
  try {
    for (let seq = await log.events.last(); seq > 0; seq--) if ((await log.events.get(seq))?.kind === 'rows') return seq
    throw new Error('the log holds no rows')
  } finally {
    await log.close()
  }
}

async function expectQuarantined({ service, refused }: World): Promise<void> {
  await eventually('the poison rows in quarantine', async () => {
    const metrics = await (await service.request('/metrics')).text()
    return refused.size > 0 && /^yujing_drops_total\{step="store",reason="row-refused"\} [1-9]/m.test(metrics)
  })
}
