/** A refusal of the service, or no answer at all (`status` 0, code `network`). */
export class ApiError extends Error {
  readonly status: number
  readonly code: string
  readonly details: unknown
  constructor(status: number, code: string, message: string, details: unknown = null) {
    super(message)
    this.name = 'ApiError'
    this.status = status
    this.code = code
    this.details = details
  }
}

/** What a request needs besides its path. */
export interface RequestOptions {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
  readonly signal?: AbortSignal
  /** Statuses beside 2xx whose body is an answer and no refusal. */
  readonly wanted?: readonly number[]
}

/** Speaks JSON with the service this page came from. The session travels as a cookie that scripts cannot read. */
export interface Http {
  /** Resolves with the body (null when there is none); rejects with ApiError. */
  request(path: string, options?: RequestOptions): Promise<unknown>
  /** The token that every write carries, from the answer of `/v1/session`. */
  setCsrf(token: string | null): void
}

/** Called on every 401 except that of signing in, and with every answer's `Date`, for the age of things. */
export interface HttpListeners {
  unauthenticated(): void
  serverTime(epochMs: number): void
}

const TIMEOUT_MS = 15_000

function errorOf(status: number, body: unknown): ApiError {
  const error = (body as { error?: { code?: unknown; message?: unknown; details?: unknown } } | null)?.error
  const code = typeof error?.code === 'string' ? error.code : `http-${status}`
  const message = typeof error?.message === 'string' ? error.message : `HTTP ${status}`
  return new ApiError(status, code, message, error?.details ?? null)
}

async function bodyOf(response: Response): Promise<unknown> {
  const text = await response.text()
  if (text === '') return null
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

/** Makes the client. One per page. */
export function createHttp(listeners: HttpListeners): Http {
  let csrf: string | null = null

  async function send(path: string, options: RequestOptions): Promise<Response> {
    const method = options.method ?? 'GET'
    const headers: Record<string, string> = { accept: 'application/json', ...options.headers }
    if (options.body !== undefined) headers['content-type'] = 'application/json'
    if (method !== 'GET' && csrf !== null) headers['x-csrf-token'] = csrf
    const timeout = AbortSignal.timeout(TIMEOUT_MS)
    try {
      return await fetch(path, {
        method,
        headers,
        credentials: 'same-origin',
        cache: 'no-store',
        body: options.body === undefined ? null : JSON.stringify(options.body),
        signal: options.signal === undefined ? timeout : AbortSignal.any([options.signal, timeout]),
      })
    } catch (error) {
      throw new ApiError(0, 'network', error instanceof Error ? error.message : String(error))
    }
  }

  return {
    setCsrf(token) {
      csrf = token
    },
    async request(path, options = {}) {
      const response = await send(path, options)
      const date = Date.parse(response.headers.get('date') ?? '')
      if (Number.isFinite(date)) listeners.serverTime(date)
      const body = await bodyOf(response)
      if (response.ok || options.wanted?.includes(response.status)) return body
      if (response.status === 401 && !path.startsWith('/v1/session')) listeners.unauthenticated()
      throw errorOf(response.status, body)
    },
  }
}
