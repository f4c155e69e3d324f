import { LANES, type Lane } from '../../model/lane.ts'
import type { Call } from './calls.ts'
import type { RowsCall } from './message-maker.ts'

/** The calls that wait for the log, in a line a lane; control entries and pauses stand in the live one. */
export class Lines {
  readonly live: Call[] = []
  readonly batch: RowsCall[] = []
  /** Events that wait, by lane. */
  readonly waiting: Record<Lane, number> = { live: 0, batch: 0 }

  push(call: Call): void {
    if (call.kind !== 'rows') {
      this.live.push(call)
      return
    }
    this.waiting[call.lane] += call.events.length
    this[call.lane].push(call)
  }

  /** Takes a call out that is answered. */
  leave(call: RowsCall): void {
    const line: Call[] = this[call.lane]
    line.splice(line.indexOf(call), 1)
    this.waiting[call.lane] -= call.events.length
  }

  /** Refuses everybody. A pause runs all the same: it asks for nothing of the log. */
  refuse(answer: Error, lanes: readonly Lane[] = LANES): void {
    for (const call of lanes.flatMap((lane): Call[] => this[lane].splice(0))) {
      if (call.kind === 'pause') {
        call.run()
        continue
      }
      if (call.kind === 'rows') this.waiting[call.lane] -= call.events.length
      call.reject(answer)
    }
  }
}
