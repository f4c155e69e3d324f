import type { Figures } from './freshness.ts'
import type { Ground } from './ground.ts'
import { createInForceMirror, type InForce, type InForceMirror, inForceKey, type Topic } from './in-force.ts'
import type { AttributionRequest } from './ingest/writer/writer.ts'
import type { WriterPort } from './ingest/writer-port.ts'
import { answerRemoteWriter, createRemoteWriter } from './ingest/writer-remote.ts'
import { createLeases, type Leases } from './log/leases.ts'
import { leaseTimes } from './log/own-lease.ts'
import type { Control } from './model/control.ts'
import { YujingError } from './model/errors.ts'
import type { FoundCase, FoundInventory, InventoryQuestion } from './model/inventory.ts'
import type { Position } from './model/position.ts'
import type { ClockDoubtReason } from './model/readiness.ts'
import type { Change, Changed, SettingsChanges } from './settings-changes.ts'

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
/** Cases of the inventory asked for at once: one takes a few KiB, and a message holds a MiB. */
const MOST_CASES = 100
/** Seconds after which a request that met no lead should come again. */
const RETRY_AFTER_SECONDS = 2

/** This process among its replicas: its lease, and what it asks of the others and they of it. */
export interface Replica {
  readonly leases: Leases<About>
  readonly inForce: InForceMirror
  /** The writer as the door sees it: the one here while there is one, else the lead's. */
  writerOf(here: () => WriterPort | null): WriterPort
  /** All reject with `log.unavailable` while nobody leads. */
  control(control: Control): Promise<Position>
  attribute(request: AttributionRequest): Promise<{ readonly repeated: boolean }>
  /** Resolves with what is in force by the change; it is in force here from then on. */
  change<T extends Change['topic']>(
    change: Change & { readonly topic: T },
  ): Promise<{ readonly position: Position; readonly value: InForce[T] }>
  askExplanation(address: string, detector: string, key: string): Promise<object | null>
  askInventory(address: string, question: InventoryQuestion): Promise<FoundInventory>
  /** Shows every replica what is in force. */
  project<T extends Topic>(topic: T, value: InForce[T]): Promise<number>
  /** Answer the others, until the returned function is called. */
  answerAsLead(writer: WriterPort & Attributing, changes: Pick<SettingsChanges, 'say' | 'change'>): () => void
  answerAsDetector(answers: {
    explain(detector: string, key: string): Promise<object | null>
    inventory(question: InventoryQuestion): Promise<FoundInventory>
  }): () => void
  /** The other processes that doubt their clocks, by what they said some seconds ago. */
  doubtsElsewhere(): readonly Doubt[]
}

/** The writer, as far as others have it attribute events. */
interface Attributing {
  attribute(request: AttributionRequest): Promise<{ readonly repeated: boolean }>
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
  const inForce = createInForceMirror({ bucket: settings, logger })
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

  async function askToChange(what: string, question: object): Promise<Changed> {
    const changed = await askLeadFor<Changed>(what, question)
    const { told } = changed
    if (told !== null) inForce.apply(told.topic, told.value, told.revision)
    return changed
  }

  const remote = createRemoteWriter({ ask: (question) => askLead('append', question), mostBytes: calls.mostBytes })

  return {
    leases,
    inForce,
    writerOf: (here) => ({ append: (events, lane) => (here() ?? remote).append(events, lane) }),
    attribute: (request) => askLeadFor('attribute', request),
    control: async (control) => (await askToChange('control', control)).position,
    async change<T extends Change['topic']>(change: Change & { readonly topic: T }) {
      const { position, told } = await askToChange('change', change)
      return { position, value: told?.value as InForce[T] }
    },
    async askExplanation(address, detector, key) {
      return decode<object | null>(await calls.ask(address, 'explain', encode({ detector, key }), EXPLANATION_MS))
    },
    async askInventory(address, question) {
      const cases: FoundCase[] = []
      for (let after = question.after; ; after = (cases.at(-1) as FoundCase).place) {
        const most = Math.min(MOST_CASES, question.most - cases.length)
        const asked = encode({ ...question, after, most })
        const part = decode<FoundInventory>(await calls.ask(address, 'inventory', asked, EXPLANATION_MS))
        cases.push(...part.cases)
        if (part.cases.length < most || cases.length === question.most) return { ...part, cases }
      }
    },
    project: (topic, value) => settings.put(inForceKey(topic), value),
    answerAsLead(writer, changes) {
      const ends = [
        calls.answer(leases.address, 'append', answerRemoteWriter(writer)),
        calls.answer(leases.address, 'attribute', async (question) =>
          encode(await writer.attribute(decode<AttributionRequest>(question))),
        ),
        calls.answer(leases.address, 'control', async (question) => encode(await changes.say(decode(question)))),
        calls.answer(leases.address, 'change', async (question) => encode(await changes.change(decode(question)))),
      ]
      return () => {
        for (const end of ends) end()
      }
    },
    answerAsDetector({ explain, inventory }) {
      const ends = [
        calls.answer(leases.address, 'explain', async (question) => {
          const { detector, key } = decode<{ detector: string; key: string }>(question)
          return encode(await explain(detector, key))
        }),
        calls.answer(leases.address, 'inventory', async (question) => encode(await inventory(decode(question)))),
      ]
      return () => {
        for (const end of ends) end()
      }
    },
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
