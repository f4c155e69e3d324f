import { afterEach, beforeEach, expect, test } from 'vitest'
import type { LogConnection } from '../../src/log/connection.ts'
import type { Finding } from '../../src/model/finding.ts'
import { type LogWorld, startLogWorld } from './log-world.ts'

let world: LogWorld
let log: LogConnection
beforeEach(async () => {
  world = await startLogWorld()
  log = await world.connect()
})
afterEach(() => world.end())

function finding(seq: number, kind: Finding['kind'] = 'open'): Finding {
  return {
    kind,
    alertId: `alert${seq}`,
    detector: 'complaint-surge',
    detectorVersion: 1,
    code: 'CMP-01',
    key: { kind: 'enterprise', key: '91140105MA0K2914XG' },
    anchor: { source: '/sx/12315', id: `event-${seq}` },
    level: 'orange',
    title: { zh: '投诉激增', en: 'Complaint surge' },
    summary: { zh: '七日内十件', en: 'Ten in seven days' },
    evidence: {
      observed: 10,
      expected: null,
      threshold: 10,
      probability: null,
      from: 0,
      to: 1,
      series: [],
      reason: 'count',
      events: [],
      eventsTotal: 10,
      position: { epoch: log.epoch, seq, index: 0 },
    },
    parameters: {},
    parametersVersion: 0,
    due: null,
    firstEventTime: 0,
    lastEventTime: 0,
    region: '140105',
    regions: ['140105'],
    industry: '6210',
    enterprises: ['91140105MA0K2914XG'],
    historic: false,
    test: false,
    logTime: 0,
  }
}

/** A desk of this name that gets what it is sent until it has met `seq`; `acks` says what it acknowledges. */
async function desk(name: string, untilSeq: number, acks: (seq: number) => boolean = () => true): Promise<number[]> {
  const seqs: number[] = []
  const ending = new AbortController()
  await log.findings.consume(
    name,
    ({ evidence }, ack) => {
      seqs.push(evidence.position.seq)
      if (acks(evidence.position.seq)) ack()
      if (evidence.position.seq === untilSeq) ending.abort()
    },
    ending.signal,
  )
  return seqs
}

test('findings arrive in order, and a reader goes on where it stopped', async () => {
  for (let seq = 1; seq <= 10; seq++) await log.findings.publish(finding(seq))
  expect(await desk('desk', 4)).toEqual([1, 2, 3, 4])
  expect(await desk('desk', 10)).toEqual([5, 6, 7, 8, 9, 10])
  expect(await desk('archive', 10)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
})

test('everything from the oldest one that was not acknowledged comes again', async () => {
  for (let seq = 1; seq <= 6; seq++) await log.findings.publish(finding(seq))
  expect(await desk('desk', 5, (seq) => seq !== 3)).toEqual([1, 2, 3, 4, 5])
  expect(await desk('desk', 6)).toEqual([3, 4, 5, 6])
})

test('a finding published again is kept once; another kind at the same position is another finding', async () => {
  await log.findings.publish(finding(1))
  await log.findings.publish(finding(1))
  await log.findings.publish(finding(1, 'level'))
  await log.findings.publish(finding(2))
  expect(await desk('desk', 2)).toEqual([1, 1, 2])
})

test('a reader whose handler fails ends with that failure, and the finding comes again', async () => {
  await log.findings.publish(finding(1))
  const fails = log.findings.consume('desk', () => Promise.reject(new Error('a bug')), new AbortController().signal)
  await expect(fails).rejects.toThrow('a bug')
  expect(await desk('desk', 1)).toEqual([1])
})

test('consuming goes over a restart of the server', { timeout: 20_000 }, async () => {
  const received = desk('desk', 4)
  for (const seq of [1, 2]) await log.findings.publish(finding(seq))
  const back = new Promise<void>((resolve) => log.onReconnect(() => resolve()))
  await world.nats.restart()
  await back
  for (const seq of [3, 4]) await log.findings.publish(finding(seq))
  expect(await received).toEqual([1, 2, 3, 4])
})
