import { calendarYearName } from '../../model/calendar.ts'
import type { Control, ControlEntry } from '../../model/control.ts'
import type { LoggedEvent } from '../../model/event.ts'
import type { LogMessage, StoredMessage } from '../../model/log-message.ts'
import { decodeBatch, type EventHashes } from '../../model/row.ts'
import { Corrections } from './corrections.ts'
import { IdIndex } from './id-index.ts'
import { identityOfRow } from './identity.ts'
import { Register } from './register.ts'

type DataOf<T extends Control['type']> = Extract<Control, { type: T }>['data']

/** The last value of each kind of control entry that stays in force. */
export interface ControlsInForce {
  /** Log time at which wall clocks behind it were confirmed, and of which processes; in force while log time stands there. */
  clockConfirmed?: { readonly at: number; readonly of: readonly string[] }
  versions: Readonly<Record<string, number>> | null
  /** By detector. */
  parameters: Record<string, DataOf<'yujing.parameters'>>
  /** The furthest mark by source. */
  completeness: Record<string, DataOf<'yujing.completeness'>>
  allowList: DataOf<'yujing.allow-list'> | null
  /** By calendar and year. */
  calendars: Record<string, DataOf<'yujing.calendar'>>
}

/** Nothing has been said yet. */
export function noControls(): ControlsInForce {
  return { versions: null, parameters: {}, completeness: {}, allowList: null, calendars: {} }
}

/** The log is not the one that the state was made from: whoever meets this must stop. */
export class LogDiffers extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'LogDiffers'
  }
}

/** Everything the door remembers: a function of the log up to and including `seq`. */
export interface WriterState {
  seq: number
  /** Running maximum of receivedAt and of the times of control entries, epoch milliseconds. */
  logTime: number
  /** Who began the newest term that was seen since the start; '' for nobody. */
  writer: string
  readonly ids: IdIndex
  readonly register: Register
  readonly corrections: Corrections
  readonly controls: ControlsInForce
}

export function emptyState(): WriterState {
  return {
    seq: 0,
    logTime: 0,
    writer: '',
    ids: new IdIndex(),
    register: new Register(),
    corrections: new Corrections(),
    controls: noControls(),
  }
}

/**
 * Follows one message of the log.
 *
 * @throws LogDiffers when the message is not the next one or its rows say another position
 */
export function follow(state: WriterState, epoch: string, message: LogMessage): void {
  if (message.seq !== state.seq + 1) throw new LogDiffers(`log message ${message.seq} follows ${state.seq}`)
  if (message.kind === 'control') {
    const entry = JSON.parse(new TextDecoder().decode(message.payload)) as ControlEntry
    assertPosition(entry, epoch, message.seq)
    followControl(state, entry)
  } else {
    for (const event of decodeBatch(message.payload)) {
      assertPosition(event.position, epoch, message.seq)
      remember(state, event)
    }
  }
  state.seq = message.seq
  state.ids.expireSome(state.logTime)
}

/** Follows one message of what history holds; the sequence is not touched, since history may tell of other logs. */
export function followStored(state: WriterState, message: StoredMessage): void {
  if (message.kind === 'control') followControl(state, message.entry)
  else for (const event of message.events) remember(state, event)
}

/** Takes one stored event into index and register. */
function remember(state: WriterState, event: LoggedEvent & EventHashes): void {
  state.ids.add(identityOfRow(event), event.receivedAt)
  state.register.apply(event)
  if (event.retracts !== '') state.corrections.follow(event)
  state.logTime = Math.max(state.logTime, event.receivedAt)
}

/** Takes one control entry into the state. */
export function followControl(state: WriterState, entry: ControlEntry): void {
  state.corrections.followControl(entry)
  const { controls } = state
  state.logTime = Math.max(state.logTime, entry.at)
  switch (entry.type) {
    case 'yujing.tick':
      return
    case 'yujing.writer':
      state.writer = entry.data.instance
      return
    case 'yujing.detectors':
      controls.versions = entry.data.versions
      return
    case 'yujing.clock':
      if (entry.data.wall < entry.at) controls.clockConfirmed = confirmedBy(state, entry)
      return
    case 'yujing.parameters':
      controls.parameters[entry.data.detector] = entry.data
      return
    case 'yujing.completeness':
      if (entry.data.through > (controls.completeness[entry.data.source]?.through ?? Number.NEGATIVE_INFINITY))
        controls.completeness[entry.data.source] = entry.data
      return
    case 'yujing.allow-list':
      controls.allowList = entry.data
      return
    case 'yujing.calendar':
      controls.calendars[calendarYearName(entry.data)] = entry.data
  }
}

/** With the processes whose clocks were confirmed at the same log time: each answers for its own. */
function confirmedBy(
  { controls: { clockConfirmed: before } }: WriterState,
  { at, data: { of } }: Extract<ControlEntry, { type: 'yujing.clock' }>,
): NonNullable<ControlsInForce['clockConfirmed']> {
  const others = before?.at === at ? before.of : []
  return { at, of: [...new Set([...others, ...(of === undefined ? [] : [of])])] }
}

function assertPosition(said: { epoch: string; seq: number }, epoch: string, seq: number): void {
  if (said.epoch !== epoch || said.seq !== seq) {
    throw new LogDiffers(`log message ${epoch}:${seq} says it is ${said.epoch}:${said.seq}`)
  }
}
