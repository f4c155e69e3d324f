import type { DataDir } from './data-dir.ts'
import type { ChildSpecification } from './guarded-child.ts'
import type { LaunchedServer } from './supervised-child.ts'

/** A server under a guard, and the lines by which it tells that it is there. */
export interface ServerSpecification extends ChildSpecification {
  readonly onLine: (line: string) => void
  /** The line that names its port, in the first group. */
  readonly listening: RegExp
  /** The line from which on it answers. */
  readonly ready: RegExp
}

/** Lines that a failed start is told with. */
const LAST_WORDS = 5

/** Starts a server; resolves when it answers. Throws when it ends before; the message has its last words. */
export async function launchServer(dataDir: DataDir, server: ServerSpecification): Promise<LaunchedServer> {
  const { onLine, listening, ready, ...specification } = server
  const lastWords: string[] = []
  let port = 0
  let isReady = false
  let tell = () => {}
  const told = new Promise<void>((resolve) => {
    tell = resolve
  })
  const child = await dataDir.spawn({
    ...specification,
    onLine(line) {
      lastWords.push(line)
      if (lastWords.length > LAST_WORDS) lastWords.shift()
      onLine(line)
      port = Number(listening.exec(line)?.[1] ?? port)
      if (!ready.test(line)) return
      isReady = true
      tell()
    },
  })
  await Promise.race([told, child.exited])
  if (isReady && port > 0) return { child, port }
  await child.stop()
  throw new Error(`${server.name} ended before it was ready: ${lastWords.join(' | ')}`)
}
