import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { connectRuntime, connectRuntimeStore } from '../../src/commands/runtime.ts'
import type { HistoryCheck } from '../../src/history-check.ts'
import type { Bucket } from '../../src/log/bucket.ts'
import type { LogConnection } from '../../src/log/connection.ts'
import type { Alert, StoredAlert } from '../../src/model/alert.ts'
import type { Store } from '../../src/store/store.ts'
import { eventually, type Service, startService } from '../support/service.ts'
import { ago, alerts, complaint, creditCode, post, registration } from '../support/world.ts'

const root = resolve(import.meta.dirname, '../..')
const HOUR_MS = 3_600_000

describe('detection is folded anew from history and compared with the alerts', () => {
  let service: Service
  let log: LogConnection
  let store: Store
  let bucket: Bucket<StoredAlert>
  let raised: Alert[]

  beforeAll(async () => {
    service = await startService()
    const address = '山西省太原市小店区长风街1号B座'
    await post(service, [
      ...[1, 2].flatMap((shop) =>
        [1, 2, 3, 4, 5, 6].map((n) => complaint(creditCode(shop), { time: ago(n * HOUR_MS), phone: `1390000000${n}` })),
      ),
      ...[11, 12, 13, 14, 15, 16].map((n) =>
        registration(creditCode(n), { time: ago(n * HOUR_MS), name: `公司${n}`, address }),
      ),
    ])
    raised = await eventually('three alerts', async () => {
      const found = await alerts(service)
      return found.length === 3 && found
    })
    const context = {
      env: {},
      cwd: root,
      stdout: process.stdout,
      stderr: process.stderr,
      isTerminal: false,
      signal: new AbortController().signal,
    }
    log = await connectRuntime(context, service.dataDir)
    store = await connectRuntimeStore(context, service.dataDir)
    bucket = await log.bucket('yujing_alerts')
  })
  afterAll(async () => {
    await store?.close()
    await log?.close()
    await service?.stop()
  })

  async function rebuild(...args: string[]): Promise<{ code: number; text: string; errors: string }> {
    const child = spawn(
      process.execPath,
      [join(root, 'dist/src/main.js'), 'rebuild', '--data-dir', service.dataDir, ...args],
      { env: { PATH: process.env.PATH }, cwd: root },
    )
    let [text, errors] = ['', '']
    child.stdout.on('data', (chunk) => {
      text += chunk
    })
    child.stderr.on('data', (chunk) => {
      errors += chunk
    })
    const [code] = (await once(child, 'close')) as [number]
    return { code, text, errors }
  }

  async function check(): Promise<{ code: number; found: HistoryCheck }> {
    const { code, text } = await rebuild('--json')
    return { code, found: JSON.parse(text) as HistoryCheck }
  }

  it('exit 0 when they agree, wherever the alerts are', async () => {
    // One of them has been finished long ago.
    const [archived] = raised as [Alert]
    const entry = (await bucket.get(archived.id)) as { value: StoredAlert; revision: number }
    await store.alerts.put([entry])
    await bucket.delete(archived.id, entry.revision)

    const { code, text, errors } = await rebuild()
    expect(text).toContain('3 alerts compared, 0 differ; not compared: 0 changed since, 0 of an earlier log')
    expect(text).toContain('complaint-surge: 2 keys, 2 open episodes, 2 alerts')
    expect(text).toContain('same-address-registrations: 1 keys, 1 open episodes, 1 alerts')
    expect(errors).toContain('history done')
    expect(code).toBe(0)
  })

  it('exit 1 when one is missing, one should not be, and one has other numbers', async () => {
    const [, lost, changed] = raised as [Alert, Alert, Alert]
    const changedEntry = (await bucket.get(changed.id)) as { value: StoredAlert; revision: number }
    const { evidence } = changedEntry.value
    await bucket.put(changed.id, {
      ...changedEntry.value,
      level: 'blue',
      evidence: { ...evidence, observed: evidence.observed + 1 },
    })
    const surplus = 'f'.repeat(32)
    await bucket.put(surplus, { ...changedEntry.value, id: surplus })
    await bucket.delete(lost.id)
    const untouched = await bucket.lastRevision()

    const { code, found } = await check()
    expect(code).toBe(1)
    expect(found).toMatchObject({ lacking: 0, compared: 4, later: 0, ofOtherLogs: 0 })
    const differences = new Map(found.differences.map((one) => [one.id, one]))
    expect(differences.size).toBe(3)
    expect(differences.get(lost.id)).toMatchObject({ kind: 'missing', detector: lost.detector, desk: null })
    expect(differences.get(surplus)).toMatchObject({ kind: 'surplus', fold: null })
    expect(differences.get(changed.id)).toMatchObject({
      kind: 'differs',
      members: ['level', 'observed'],
      fold: { observed: evidence.observed, level: changed.level },
      desk: { observed: evidence.observed + 1, level: 'blue' },
    })
    const words = await rebuild()
    expect(words.text).toContain(`level: fold ${changed.level}, desk blue`)
    expect(words.errors).toContain('3 alerts differ from history')
    // It has mended nothing either.
    expect(await bucket.lastRevision()).toBe(untouched)
    // Two runs, each of which looks again for ten seconds.
  }, 180_000)
})
