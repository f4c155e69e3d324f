import { createMirror, type Mirror } from './access/mirror.ts'
import { ParametersInForce, type ParametersSet } from './detector-settings.ts'
import type { Figures } from './freshness.ts'
import type { Ground } from './ground.ts'
import type { WriterPort } from './ingest/writer-port.ts'
import { answerRemoteWriter, createRemoteWriter } from './ingest/writer-remote.ts'
import { createLeases, type Leases } from './log/leases.ts'
import { leaseTimes } from './log/own-lease.ts'
import type { Control } from './model/control.ts'
import { YujingError } from './model/errors.ts'
import type { Position } from './model/position.ts'
import type { ClockDoubtReason } from './model/readiness.ts'

/** What a replica says of itself with its lease. */
export interface About extends Figures {
  readonly role: string
  readonly detects: boolean
  /** Why it does not believe its clock; null when it does. Absent: of a version that does not say. */
  readonly clock?: ClockDoubtReason | null
}

/** A process that does not believe its clock. */
interface Doubt {
  readonly home: string
  readonly reason: ClockDoubtReason
}

/** How long an answer of another process is waited for, milliseconds: longer than the lead waits for the log. */
const LEAD_ANSWERS_MS = 7_000
const EXPLANATION_MS = 3_000
/** Seconds after which a request that met no lead should come again. */
const RETRY_AFTER_SECONDS = 2

type Numbers = Readonly<Record<string, number>>

/** A change of parameters, and what every replica shows after it. */
interface ParametersChange {
  readonly set: ParametersSet
  readonly inForce: ParametersInForce
  readonly revision: number
}

/** This process among its replicas: its lease, and what it asks of the others and they of it. */
export interface Replica {
  readonly leases: Leases<About>
  /** Parameters in force, as the lead projects them; under `parameters`. */
  readonly inForce: Mirror<ParametersInForce>
  /** The writer as the door sees it: the one here while there is one, else the lead's. */
  writerOf(here: () => WriterPort | null): WriterPort
  /** All reject with `log.unavailable` while nobody leads. */
  control(control: Control): Promise<Position>
  changeParameters(id: string, wanted: Numbers, by: string): Promise<ParametersSet>
  askExplanation(address: string, detector: string, key: string): Promise<object | null>
  /** Shows every replica what is in force. */
  project(inForce: ParametersInForce): Promise<{ inForce: ParametersInForce; revision: number }>
  /** Answer the others, until the returned function is called. */
  answerAsLead(writer: WriterPort & LeadWriter, changes: LeadChanges): () => void
  answerExplanations(explain: (detector: string, key: string) => Promise<object | null>): () => void
  /** The other processes that doubt their clocks, by what they said some seconds ago. */
  doubtsElsewhere(): readonly Doubt[]
}

interface LeadWriter {
  control(control: Control): Promise<Position>
}

interface LeadChanges {
  change(id: string, wanted: Numbers, by: string): Promise<ParametersChange>
}

/** Not started: the lease is taken by `leases.start`, the mirror loaded by `inForce.start`. */
export async function createReplica(o: {
  readonly ground: Pick<Ground, 'config' | 'log' | 'home' | 'clock' | 'logger' | 'onFatal'>
  readonly detects: boolean
  readonly figures: () => Figures
}): Promise<Replica> {
  const { config, log, home, clock, logger, onFatal } = o.ground
  const { calls } = log
  const settings = await log.bucket<unknown>('yujing_config')
  const inForce = createMirror({ bucket: settings, prefix: 'in-force.', schema: ParametersInForce, logger })
  const leases = createLeases<About>({
    bucket: await log.bucket('yujing_leases'),
    home,
    times: leaseTimes(config.leaseTtlMs),
    about: () => ({
      role: config.role,
      detects: o.detects,
      clock: clock.doubt()?.reason ?? null,
      ...o.figures(),
    }),
    onFatal,
    logger,
  })

  async function askLead(what: string, question: Uint8Array): Promise<Uint8Array> {
    const lead = leases.holder('lead')
    const details = { retryAfterSeconds: RETRY_AFTER_SECONDS }
    if (lead === null) throw new YujingError('log.unavailable', 'No process leads at this moment; send again.', details)
    return await calls.ask(lead.address, what, question, LEAD_ANSWERS_MS)
  }
  const askLeadFor = async <T>(what: string, question: object) => decode<T>(await askLead(what, encode(question)))

  const remote = createRemoteWriter({ ask: (question) => askLead('append', question), mostBytes: calls.mostBytes })

  return {
    leases,
    inForce,
    writerOf: (here) => ({ append: (events, lane) => (here() ?? remote).append(events, lane) }),
    control: (control) => askLeadFor<Position>('control', control),
    async changeParameters(id, wanted, by) {
      const { set, inForce: now, revision } = await askLeadFor<ParametersChange>('parameters', { id, wanted, by })
      inForce.apply('parameters', now, revision)
      return set
    },
    async askExplanation(address, detector, key) {
      return decode<object | null>(await calls.ask(address, 'explain', encode({ detector, key }), EXPLANATION_MS))
    },
    async project(now) {
      return { inForce: now, revision: await settings.put('in-force.parameters', now) }
    },
    answerAsLead(writer, changes) {
      const ends = [
        calls.answer(leases.address, 'append', answerRemoteWriter(writer)),
        calls.answer(leases.address, 'control', async (question) => encode(await writer.control(decode(question)))),
        calls.answer(leases.address, 'parameters', async (question) => {
          const { id, wanted, by } = decode<{ id: string; wanted: Numbers; by: string }>(question)
          return encode(await changes.change(id, wanted, by))
        }),
      ]
      return () => {
        for (const end of ends) end()
      }
    },
    answerExplanations: (explain) =>
      calls.answer(leases.address, 'explain', async (question) => {
        const { detector, key } = decode<{ detector: string; key: string }>(question)
        return encode(await explain(detector, key))
      }),
    doubtsElsewhere: () =>
      leases
        .living()
        .flatMap(({ home: of, about: { clock: reason = null } }) =>
          of === home || reason === null ? [] : [{ home: of, reason }],
        ),
  }
}

function encode(value: object | null): Uint8Array {
  return Buffer.from(JSON.stringify(value))
}

function decode<T>(bytes: Uint8Array): T {
  return JSON.parse(Buffer.from(bytes).toString()) as T
}
