import { businessDay, DAY_MS } from '../../src/model/time.ts'

/** What the naive model knows of an event. */
export interface NaiveEvent {
  readonly at: number
  readonly receivedAt: number
  readonly member: string
  readonly backfill: boolean
}

export interface NaiveJudgement {
  readonly end: number
  readonly recent: number
  readonly members: number
  readonly base: number
}

/** Windows by definition: an array of all events. Days, one key, a current window of 7 days and a base before it. */
export class NaiveWindows {
  storedOnly = 0
  private events: NaiveEvent[] = []
  private touched = 0
  private logTime = 0
  private readonly lateness: number
  private readonly reach: number

  constructor(lateness: number, reach: number) {
    this.lateness = lateness
    this.reach = reach
  }

  /** Takes the event and returns what is judged because of it, oldest end first. */
  take(event: NaiveEvent): NaiveJudgement[] {
    this.logTime = Math.max(this.logTime, event.receivedAt)
    if (this.isOver()) this.events = []
    const day = businessDay(event.at)
    const newest = Math.max(...this.events.map(dayOf), Number.NEGATIVE_INFINITY)
    if (day <= newest - this.lateness - this.reach) {
      this.storedOnly++
      return []
    }
    this.events.push(event)
    this.touched = this.logTime
    if (event.backfill) return []
    const last = Math.max(day, newest)
    const ends = [...new Set(this.events.map(dayOf))].filter(
      (end) => end >= Math.max(day, last - this.lateness) && end < day + this.reach,
    )
    return ends.sort((a, b) => a - b).map((end) => this.judge(end))
  }

  judge(end: number): NaiveJudgement {
    const recent = this.between(end - 6, end)
    const base = this.between(end - this.reach + 1, end - 7)
    return { end, recent: recent.length, members: new Set(recent.map(({ member }) => member)).size, base: base.length }
  }

  private between(from: number, to: number): NaiveEvent[] {
    return this.events.filter((event) => dayOf(event) >= from && dayOf(event) <= to)
  }

  private isOver(): boolean {
    const newest = Math.max(...this.events.map(dayOf))
    const behind = businessDay(this.logTime) - newest >= this.lateness + this.reach
    return behind && Math.floor(this.logTime / 1000) - Math.floor(this.touched / 1000) >= DAY_MS / 1000
  }
}

function dayOf({ at }: NaiveEvent): number {
  return businessDay(at)
}
