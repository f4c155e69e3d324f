import type { Replicas } from '../../support/replicas.ts'
import { eventually, type Service } from '../../support/service.ts'
import { alerts } from '../../support/world.ts'
import { compareAlerts, compareLog, compareStore } from '../compare.ts'
import { type Offline, readOffline } from '../offline.ts'

/** Everything stored and judged, and every book at the same place and at rest. */
async function settled({ services }: Pick<Replicas, 'services'>): Promise<void> {
  let last = ''
  let since = performance.now()
  await eventually(
    'replicas at rest',
    async () => {
      const seen = await Promise.all(
        services.map(async (service) => {
          const metrics = await (await service.request('/metrics')).text()
          const lags = [...metrics.matchAll(/^yujing_log_lag\{consumer="\w+"\} (\d+)/gm)].map(([, lag]) => Number(lag))
          const { cursor } = (await (await service.request('/v1/alerts?limit=1')).json()) as {
            cursor: { offset: number }
          }
          return { lags, offset: cursor.offset }
        }),
      )
      const offsets = seen.map(({ offset }) => offset)
      const now = offsets.join()
      const behind = seen.some(({ lags }) => lags.some((lag) => lag > 0)) || new Set(offsets).size > 1
      if (behind || now !== last) since = performance.now()
      last = now
      return performance.now() - since > 2_500
    },
    120_000,
  )
}

/** Alerts of one process once the events of all their evidence are found. */
async function wholeAlerts(service: Service) {
  await eventually('evidence that is whole', async () =>
    (await alerts(service)).every(({ evidence }) => evidence.eventsPending === 0),
  )
  return await alerts(service)
}

/**
 * Waits until all is quiet and holds what is stored and shown, everywhere, against what the log says by itself.
 *
 * @param made highest number of the events made, by source
 */
export async function compareReplicas(
  all: Pick<Replicas, 'services' | 'openLog' | 'clickhouseUrl'>,
  made: ReadonlyMap<string, number>,
): Promise<{ readonly offline: Offline; readonly differences: readonly string[] }> {
  await settled(all)
  const log = await all.openLog()
  const offline = await readOffline(log).finally(() => log.close())
  const differences = [...compareLog(offline, made), ...(await compareStore(offline, all.clickhouseUrl, new Map()))]
  for (const service of all.services) differences.push(...compareAlerts(offline, await wholeAlerts(service)))
  return { offline, differences }
}
