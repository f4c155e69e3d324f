import { Value } from '@sinclair/typebox/value'
import WebSocket from 'ws'
import { AlertChanged, Gone, Hello, Pulse, Reset } from '../../src/deliver/websocket/messages.ts'
import type { Alert } from '../../src/model/alert.ts'
import { until } from '../alerts/office.ts'

export interface Message {
  readonly type: 'hello' | 'alert' | 'gone' | 'reset' | 'pulse'
  readonly offset: number
  readonly id: string
  readonly reason: string
  readonly epoch: string
  readonly alert: Alert
  readonly [member: string]: unknown
}

const SHAPES = { hello: Hello, alert: AlertChanged, gone: Gone, reset: Reset, pulse: Pulse }

export interface Client {
  readonly socket: WebSocket
  readonly messages: Message[]
  /** Of one type, in order of arrival. */
  of(type: Message['type']): Message[]
  /** Waits for the nth message of a type, the first unless said. */
  gets(type: Message['type'], nth?: number): Promise<Message>
  says(message: unknown): void
  /** Subscribes and waits for the answer. */
  subscribes(after?: { epoch: string; offset: number }, filter?: object): Promise<Message>
  readonly closed: Promise<{ code: number; reason: string }>
  leaves(): Promise<void>
}

/** A client of the live feed over a real socket; every message is held against the documented shapes. */
export async function follow(
  url: string,
  options: { key?: string; headers?: Record<string, string>; protocols?: string[]; autoPong?: boolean } = {},
): Promise<Client> {
  const { key, headers = {}, protocols = [], autoPong = true } = options
  const authorization = key === undefined ? {} : { authorization: `Bearer ${key}` }
  const socket = new WebSocket(`${url.replace('http', 'ws')}/v1/live`, protocols, {
    headers: { ...authorization, ...headers },
    autoPong,
  })
  const messages: Message[] = []
  socket.on('message', (data) => {
    const message = JSON.parse(data.toString()) as Message
    const fault = Value.Errors(SHAPES[message.type], message).First()
    if (fault !== undefined) throw new Error(`${message.type}${fault.path}: ${fault.message}`)
    messages.push(message)
  })
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.on('close', (code, reason) => resolve({ code, reason: reason.toString() }))
  })
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject))

  const of = (type: Message['type']) => messages.filter((message) => message.type === type)
  const client: Client = {
    socket,
    messages,
    of,
    async gets(type, nth = 1) {
      await until(() => of(type).length >= nth)
      return of(type)[nth - 1] as Message
    },
    says: (message) => socket.send(typeof message === 'string' ? message : JSON.stringify(message)),
    subscribes(after, filter) {
      const hellos = of('hello').length
      client.says({ type: 'subscribe', ...(after ? { after } : {}), ...(filter ? { filter } : {}) })
      return client.gets('hello', hellos + 1)
    },
    closed,
    async leaves() {
      socket.close()
      await closed
    },
  }
  return client
}

/** What a page holds after a run of messages: alerts put in and taken out in the order of arrival. */
export function apply(held: Map<string, Alert>, messages: readonly Message[]): void {
  for (const message of messages) {
    if (message.type === 'alert') held.set(message.alert.id, message.alert)
    if (message.type === 'gone') held.delete(message.id)
  }
}
