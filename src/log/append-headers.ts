import { headers, type MsgHdrs } from '@nats-io/nats-core'
import { ROW_SCHEMA } from '../model/row.ts'
import type { Append } from './event-log.ts'

export const COUNT_HEADER = 'Yujing-Count'

/**
 * Headers of one append. Message ids carry the chain besides the writer's own count: two writers count alike, and what a
 * superseded writer sent behind a refused message must not take the new writer's message of that number for its
 * predecessor.
 */
export function appendHeaders(message: Append, chain: string): MsgHdrs {
  const set = headers()
  set.set('Nats-Msg-Id', `${message.msgId}-${chain}`)
  if (message.expectedLastSeq !== undefined) set.set('Nats-Expected-Last-Sequence', String(message.expectedLastSeq))
  else set.set('Nats-Expected-Last-Msg-Id', `${message.expectedLastMsgId}-${chain}`)
  set.set('Yujing-Schema', String(ROW_SCHEMA))
  set.set(COUNT_HEADER, String(message.count))
  return set
}
