import { streams } from '../../../src/simulate/random.ts'
import type { Service } from '../../support/service.ts'
import { createSender, type Sender } from '../sender.ts'
import { createSource } from '../traffic.ts'

/** Live traffic through every door at once, each door's source insisting. */
export interface ReplicaTraffic {
  readonly senders: readonly Sender[]
  /** Ends when everything is taken; answers with the highest number made, by source. */
  end(): Promise<ReadonlyMap<string, number>>
}

export function sendThrough(
  services: readonly Service[],
  seed: string,
  pace = { batch: 30, pauseMs: 60 },
): ReplicaTraffic {
  const randomOf = (label: string) => streams(seed, label).at(0)
  const over = new AbortController()
  const doors = services.map((service, at) => {
    const sender = createSender(service)
    const source = createSource(`/replicas/${at}`, randomOf(`source ${at}`))
    return { sender, source, running: sender.run(source, randomOf(`pace ${at}`), over.signal, pace) }
  })
  return {
    senders: doors.map(({ sender }) => sender),
    async end() {
      over.abort()
      await Promise.all(doors.map(({ running }) => running))
      return new Map(doors.map(({ source: { name, made } }) => [name, made]))
    },
  }
}
