import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { finished } from 'node:stream/promises'
import type { EventType } from '../model/catalogue/catalogue.ts'
import type { CloudEvent } from './cloud-event.ts'
import { flatTable } from './flat-csv.ts'
import type { Send } from './run.ts'

/** A receiver that is a file, written anew: CloudEvents, one a line (NDJSON), or one type of them as a table. */
export interface FileReceiver {
  readonly send: Send
  /** Resolves when everything is on disk. */
  close(): Promise<void>
}

/**
 * @param table writes events of this type alone, as CSV
 * @throws the error of the file system when the file cannot be written, at the first send or at close
 */
export function createFileReceiver(path: string, table?: EventType): FileReceiver {
  const file = createWriteStream(path)
  const flat = table === undefined ? null : flatTable(table)
  const written = (event: CloudEvent) => table === undefined || event.type === table
  let fault: Error | null = null
  file.on('error', (error) => {
    fault = error
  })
  if (flat !== null) file.write(flat.header)
  return {
    async send(events) {
      if (fault !== null) throw fault
      let lines = ''
      let accepted = 0
      for (const event of events) {
        if (!written(event)) continue
        accepted++
        lines += flat === null ? `${JSON.stringify(event)}\n` : flat.line(event)
      }
      if (!file.write(lines)) await once(file, 'drain')
      return { accepted, duplicates: 0, rejected: 0 }
    },
    async close() {
      if (fault !== null) throw fault
      const done = finished(file)
      file.end()
      await done
    },
  }
}
