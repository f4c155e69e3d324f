import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { ERRORS, type ErrorCode, YujingError } from '../model/errors.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import type { Server } from './server.ts'

/** Seconds after which a refused request may come again, unless the error says otherwise. */
const RETRY_AFTER_SECONDS = 5
/** How long a connection stays open for its last answer to be read. */
const LAST_WORD_MS = 5_000

/** What the framework refuses, in words of the table. */
const FRAMEWORK: Readonly<Record<string, ErrorCode>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'body.too-large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'body.media-type',
  FST_ERR_CTP_INVALID_JSON_BODY: 'body.malformed',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'body.malformed',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'body.malformed',
  FST_ERR_MAX_PARAM_LENGTH: 'request.uri-too-long',
}

/** What HTTP itself refuses before there is a request. */
const PROTOCOL: Readonly<Record<string, ErrorCode>> = {
  HPE_HEADER_OVERFLOW: 'request.headers-too-large',
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 'body.too-large',
  ERR_HTTP_REQUEST_TIMEOUT: 'request.too-slow',
}

declare module 'fastify' {
  interface FastifyReply {
    /** Sends a refusal with the headers its status asks for, and counts it. */
    refuse(error: YujingError): FastifyReply
  }
}

/** Every answer that is not the wanted one goes through here: one shape, one table, counted, never a stack. */
export function handleErrors(server: Server, metrics: Metrics): void {
  server.decorateReply('refuse', function (this: FastifyReply, error: YujingError) {
    metrics.requestsRefusedTotal.inc({ code: error.code })
    return refuse(this, error)
  })
  server.setErrorHandler((error: FastifyError, request, reply) => {
    const refusal = refusalOf(error)
    if (refusal.code === 'internal')
      request.log.error({ err: error, route: request.routeOptions.url }, 'request failed')
    return reply.refuse(refusal)
  })
  server.addHook('onResponse', async (request, reply) => {
    metrics.requestsTotal.inc({ route: request.routeOptions.url ?? 'none', status: reply.statusCode })
  })
  server.server.on('checkExpectation', (_request: IncomingMessage, response: ServerResponse) => {
    const refusal = new YujingError('request.expectation')
    metrics.requestsRefusedTotal.inc({ code: refusal.code })
    response.writeHead(ERRORS[refusal.code].status, { 'content-type': 'application/json', connection: 'close' })
    response.end(JSON.stringify(errorBody(refusal)))
  })
  server.server.on('connect', (_request: IncomingMessage, socket: Socket) => {
    answerSocket(socket, new YujingError('method.not-allowed', 'This is no proxy.'), metrics)
  })
}

/** Refuses what the framework cannot route: a path that is no URL, a part of it that is too long. */
export function frameworkErrors(metrics: Metrics) {
  return (error: FastifyError, _request: FastifyRequest, reply: FastifyReply): void => {
    const refusal = refusalOf(error)
    metrics.requestsRefusedTotal.inc({ code: refusal.code })
    refuse(reply, refusal)
  }
}

/** Answers what is not even HTTP, or breaks off, where there is no request to reply to. */
export function garbageHandler(metrics: Metrics): (error: NodeJS.ErrnoException, socket: Socket) => void {
  return (error, socket) => {
    // Whoever has hung up gets no answer and has asked nothing.
    if (error.code === 'ECONNRESET' || !socket.writable) {
      socket.destroy()
      return
    }
    const code = PROTOCOL[error.code ?? '']
    const refusal = code
      ? new YujingError(code)
      : new YujingError('request.invalid', 'This is no HTTP request that can be understood.')
    answerSocket(socket, refusal, metrics)
  }
}

function answerSocket(socket: Socket, refusal: YujingError, metrics: Metrics): void {
  metrics.requestsRefusedTotal.inc({ code: refusal.code })
  const { status } = ERRORS[refusal.code]
  const body = JSON.stringify(errorBody(refusal))
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ]
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`)
  // Whoever neither reads nor hangs up is cut off.
  const cut = setTimeout(() => socket.destroy(), LAST_WORD_MS)
  socket.once('close', () => clearTimeout(cut))
  socket.on('error', () => socket.destroy())
}

function refuse(reply: FastifyReply, error: YujingError): FastifyReply {
  const { status, retry } = ERRORS[error.code]
  if (retry && status !== 500) reply.header('retry-after', retryAfter(reply, error.details))
  if (status === 401) reply.header('www-authenticate', 'Bearer realm="yujing"')
  // The framework would cut the connection under a sender still writing, who would then never read the answer.
  if (status === 413) reply.removeHeader('connection')
  return reply.code(status).send(errorBody(error))
}

/** `{error: {code, message, details?}}` */
export function errorBody({ code, message, details }: YujingError): object {
  return { error: details === undefined ? { code, message } : { code, message, details } }
}

/** The path alone: a query may hold keys of people. */
export function pathOf(request: Pick<FastifyRequest, 'url'>): string {
  return request.url.split('?', 1)[0] ?? ''
}

function refusalOf(error: FastifyError): YujingError {
  if (error instanceof YujingError) return error
  if (error.validation !== undefined) return new YujingError('request.invalid', error.message)
  const code = FRAMEWORK[error.code]
  if (code !== undefined) return new YujingError(code)
  const status = error.statusCode ?? 500
  if (status === 404) return new YujingError('not-found')
  return status >= 400 && status < 500 ? new YujingError('request.invalid') : new YujingError('internal')
}

function retryAfter(reply: FastifyReply, details: unknown): string {
  const set = reply.getHeader('retry-after')
  if (set !== undefined) return String(set)
  const seconds =
    typeof details === 'object' && details !== null && 'retryAfterSeconds' in details ? details.retryAfterSeconds : null
  return String(typeof seconds === 'number' ? seconds : RETRY_AFTER_SECONDS)
}
