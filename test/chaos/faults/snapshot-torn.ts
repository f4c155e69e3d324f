import { jetstream, StorageType } from '@nats-io/jetstream'
import { Objm } from '@nats-io/obj'
import { connect } from '@nats-io/transport-node'
import type { Random } from '../../../src/simulate/random.ts'
import { runtimeOf, withStoppedLog } from '../world.ts'
import type { Fault } from './fault.ts'

const SNAPSHOTS = 'yujing_snapshots'

/** Snapshots that are cut off, have a bit turned, or hold nothing: they are found out and older ones or the log do. */
export const snapshotTorn: Fault = {
  name: 'snapshot torn',
  weight: 1,
  target: 'all',
  async run({ service, figures }, random) {
    const { logMaxBytes } = runtimeOf(service)
    // An ordinary stop first: it writes the snapshots that are torn then.
    await service.halt()
    await withStoppedLog(service.dataDir, logMaxBytes, async (_log, { url, user, password }) => {
      const connection = await connect({ servers: url, user, pass: password })
      const store = await new Objm(jetstream(connection)).create(SNAPSHOTS, { storage: StorageType.File })
      const objects = await store.list()
      const share = random.pick([0.2, 0.5, 1])
      let torn = 0
      for (const { name } of objects) {
        const bytes = random.next() < share ? await store.getBlob(name) : null
        if (bytes === null) continue
        await store.putBlob({ name }, tear(bytes, random))
        torn += 1
      }
      figures.push(`${torn} of ${objects.length} snapshots torn`)
      await connection.close()
    })
    await service.start()
  },
}

function tear(bytes: Uint8Array, random: Random): Uint8Array {
  const at = random.between(0, Math.max(0, bytes.length - 1))
  const kind = random.next()
  if (kind < 0.4) return bytes.slice(0, at)
  if (kind < 0.5) return new Uint8Array()
  const flipped = bytes.slice()
  flipped[at] = (flipped[at] ?? 0) ^ (1 << random.between(0, 7))
  return flipped
}
