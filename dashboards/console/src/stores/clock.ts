import { computed, readonly, ref } from 'vue'

/** Differences below this are the rounding of the `Date` header and the way of the answer, milliseconds. */
const SKEW_THAT_MATTERS_MS = 5_000

const ticking = ref(Date.now())
const skew = ref(0)
setInterval(() => {
  ticking.value = Date.now()
}, 1_000)

/** The time of this computer, once a second; for what happened on this page. Epoch ms. */
export const pageNow = readonly(ticking)

/** The time of the service, once a second; for the age of what the service stamped. Epoch ms. */
export const serviceNow = computed(() => ticking.value + skew.value)

/** The time of this computer at this moment, epoch ms. */
export function instant(): number {
  return Date.now()
}

/** Learns by how much this computer's clock differs from the service's. */
export function learnServerTime(epochMs: number): void {
  const difference = epochMs - Date.now()
  skew.value = Math.abs(difference) > SKEW_THAT_MATTERS_MS ? difference : 0
}
