import { type AsyncComponentLoader, type Component, defineAsyncComponent } from 'vue'
import PartAway from './states/PartAway.vue'

/** A part of the page is asked for so many times, with growing pauses, before the page says that it cannot be had. */
const ATTEMPTS = 4
const PAUSE_MS = 700

/** A component that is loaded when it is first shown. While the service is away it is asked for again. */
export function lazily(loader: AsyncComponentLoader): Component {
  return defineAsyncComponent({
    loader,
    errorComponent: PartAway,
    onError: (_error, retry, fail, attempts) => {
      if (attempts < ATTEMPTS) setTimeout(retry, PAUSE_MS * attempts)
      else fail()
    },
  })
}
