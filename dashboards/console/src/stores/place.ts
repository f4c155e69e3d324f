import { type Ref, ref, watch } from 'vue'
import { formatPlace, type Place, parsePlace } from '../board/place.ts'

/**
 * The place in the address bar as a value, both ways: a click writes it, back and forward read it. Opening an alert,
 * and going to another page, leaves a step to go back to; typing a filter does not.
 */
export function createPlace(): Ref<Place> {
  const place = ref(parsePlace(location.hash))

  watch(place, (next, before) => {
    const hash = formatPlace(next)
    if (hash === location.hash) return
    const address = `${location.pathname}${location.search}${hash}`
    const opens = before.alert === null && next.alert !== null
    const goes = before.page !== next.page || before.enterprise !== next.enterprise
    if (opens || goes) history.pushState(null, '', address)
    else history.replaceState(null, '', address)
  })
  addEventListener('popstate', () => {
    place.value = parsePlace(location.hash)
  })
  addEventListener('hashchange', () => {
    if (formatPlace(place.value) !== location.hash) place.value = parsePlace(location.hash)
  })
  return place
}
