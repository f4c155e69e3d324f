import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { finished } from 'node:stream/promises'
import type { Send } from './run.ts'

/** A receiver that is a file of CloudEvents, one a line (NDJSON), written anew. */
export interface FileReceiver {
  readonly send: Send
  /** Resolves when everything is on disk. */
  close(): Promise<void>
}

/** @throws the error of the file system when the file cannot be written, at the first send or at close */
export function createFileReceiver(path: string): FileReceiver {
  const file = createWriteStream(path)
  let fault: Error | null = null
  file.on('error', (error) => {
    fault = error
  })
  return {
    async send(events) {
      if (fault !== null) throw fault
      const lines = events.map((event) => `${JSON.stringify(event)}\n`).join('')
      if (!file.write(lines)) await once(file, 'drain')
      return { accepted: events.length, duplicates: 0, rejected: 0 }
    },
    async close() {
      if (fault !== null) throw fault
      const done = finished(file)
      file.end()
      await done
    },
  }
}
