import { existsSync } from 'node:fs'
import { join, sep } from 'node:path'
import fastifyStatic from '@fastify/static'
import { YujingError } from '../model/errors.ts'
import { pathOf } from './error-handler.ts'
import type { Server } from './server.ts'

/** Paths that are not pages of the console. */
const NOT_PAGES = /^\/(v1|docs|metrics|healthz|readyz|assets)(\/|$)/
const ONE_YEAR_SECONDS = 31_536_000

/**
 * The console at `/`: files with a hash in their name are kept for ever, the page itself is asked for anew each time,
 * and every path of the console's own router gives the page. What is nothing else is 404 in the common shape.
 *
 * @param directory build output with index.html and assets/; without one `/` answers 404
 */
export async function serveConsole(root: Server, directory: string): Promise<void> {
  if (!existsSync(join(directory, 'index.html'))) {
    root.setNotFoundHandler((_request, reply) => reply.refuse(new YujingError('not-found')))
    return
  }
  const assets = join(directory, 'assets') + sep
  await root.register(async (server: Server) => {
    server.addHook('onRoute', (route) => {
      route.config = { ...route.config, access: 'public', rateLimit: false }
    })
    await server.register(fastifyStatic, {
      root: directory,
      dotfiles: 'ignore',
      cacheControl: false,
      setHeaders(reply, path) {
        const hashed = path.startsWith(assets)
        reply.header('cache-control', hashed ? `public, max-age=${ONE_YEAR_SECONDS}, immutable` : 'no-cache')
      },
    })
    server.setNotFoundHandler((request, reply) => {
      const page = request.method === 'GET' && !NOT_PAGES.test(pathOf(request)) && wantsPage(request.headers.accept)
      return page ? reply.sendFile('index.html') : reply.refuse(new YujingError('not-found'))
    })
  })
}

function wantsPage(accept: string | undefined): boolean {
  return accept?.includes('text/html') === true
}
