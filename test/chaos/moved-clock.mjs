/**
 * Loaded before the service (`node --import`): moves its wall clock by the milliseconds that stand in the file
 * CHAOS_CLOCK names, now and whenever they change, as if somebody had set the machine's clock. The monotonic clock stays
 * what it is. Servers that the service starts get nothing of this.
 */
import { readFileSync } from 'node:fs'

const file = process.env.CHAOS_CLOCK
const wall = Date.now.bind(Date)
let offsetMs = 0

function look() {
  offsetMs = Number(readFileSync(file, 'utf8')) || 0
}

look()
setInterval(look, 20).unref()
Date.now = () => wall() + offsetMs
