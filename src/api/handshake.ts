import { YujingError } from '../model/errors.ts'
import type { Server } from './server.ts'

const WEBSOCKET_KEY = /^[+/0-9A-Za-z]{22}==$/

/**
 * What the layers below would refuse in a form of their own: a request of HTTP/1.1 without a host, and an upgrade that
 * is none to WebSocket. Called after the live feed is registered, which knows of upgrades first.
 */
export function requireHandshake(server: Server): void {
  server.addHook('onRequest', async ({ raw: { headers, httpVersion } }) => {
    if (headers.host === undefined && httpVersion === '1.1')
      throw new YujingError('request.invalid', 'HTTP/1.1 needs the header Host.')
    if (headers.upgrade === undefined || !/\bupgrade\b/i.test(headers.connection ?? '')) return
    const { 'sec-websocket-key': key, 'sec-websocket-version': version } = headers
    if (headers.upgrade.toLowerCase() !== 'websocket')
      throw new YujingError('request.invalid', 'The only protocol to upgrade to is websocket.')
    if (!WEBSOCKET_KEY.test(key ?? '') || (version !== '13' && version !== '8'))
      throw new YujingError('request.invalid', 'The WebSocket handshake needs a Sec-WebSocket-Key and version 13.')
  })
}
