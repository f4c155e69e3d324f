/** From an HTTP request to a job for the engine: the part of ClickHouse's HTTP interface that `@clickhouse/client` uses. */
import { timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import {
  AUTHENTICATION_FAILED,
  BAD_ARGUMENTS,
  CANNOT_DECOMPRESS,
  EngineError,
  MEMORY_LIMIT_EXCEEDED,
  NOT_IMPLEMENTED,
  READONLY,
  REQUIRED_PASSWORD,
  SYNTAX_ERROR,
  UNKNOWN_SETTING,
} from './clickhouse-errors.mjs'

/** Parameters of the interface itself; every other one is a setting, which the engine knows or refuses. */
const OWN_PARAMETERS = ['query', 'query_id', 'database', 'default_format', 'user', 'password']
const NOT_SERVED = ['session_id', 'role', 'quota_key', 'compress', 'decompress']
const NAME = /^[A-Za-z_]\w*$/
const MAX_SQL_BYTES = 8 * 1024 * 1024

const quote = (text) => `'${text.replace(/[\\']/g, '\\$&')}'`
const sameText = (a, b) => {
  const [x, y] = [Buffer.from(a), Buffer.from(b)]
  return x.length === y.length && timingSafeEqual(x, y)
}

/** Throws unless the request carries the user and password, by ClickHouse's headers or by Basic. */
export function authenticate(headers, parameters, { username, password }) {
  const basic = /^Basic (.+)$/i.exec(headers.authorization ?? '')?.[1]
  const decoded = basic ? Buffer.from(basic, 'base64').toString() : ''
  const user = headers['x-clickhouse-user'] ?? parameters.get('user') ?? decoded.split(':', 1)[0]
  const key = headers['x-clickhouse-key'] ?? parameters.get('password') ?? decoded.slice(decoded.indexOf(':') + 1)
  if (!user && !key) throw new EngineError(REQUIRED_PASSWORD, 'A user and a password are required')
  if (!sameText(user, username) || !sameText(key, password))
    throw new EngineError(
      AUTHENTICATION_FAILED,
      'Authentication failed: password is incorrect, or there is no such user',
    )
}

/** The body, unpacked; throws when it exceeds `maxBytes`, before or after unpacking. */
export async function readBody(request, maxBytes) {
  const tooLarge = () => new EngineError(MEMORY_LIMIT_EXCEEDED, `The body exceeds ${maxBytes} bytes`, 413)
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) throw tooLarge()
  const chunks = []
  let length = 0
  for await (const chunk of request) {
    length += chunk.length
    if (length > maxBytes) throw tooLarge()
    chunks.push(chunk)
  }
  const body = Buffer.concat(chunks)
  const encoding = request.headers['content-encoding'] ?? 'identity'
  if (encoding === 'identity') return body
  if (encoding !== 'gzip') throw new EngineError(NOT_IMPLEMENTED, `Content-Encoding ${encoding} is not served`)
  try {
    return await promisify(gunzip)(body, { maxOutputLength: maxBytes })
  } catch (error) {
    if (error.code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge()
    throw new EngineError(CANNOT_DECOMPRESS, 'The body is not gzip', 400)
  }
}

/**
 * The job of a request.
 *
 * @returns {{database: string, settings: string[], sql: string, format: string, streams?: boolean, insert?: object, body?: ArrayBuffer}}
 *   `settings`: `name = 'value'` each; '' for the database that is set anyway
 */
export function toJob({ method, headers, parameters, body }) {
  const setUp = setUpOf(method, headers, parameters)
  const format = parameters.get('default_format') ?? headers['x-clickhouse-format'] ?? 'TabSeparated'
  const inUrl = parameters.get('query') ?? ''
  const target = rawInsert(inUrl)
  if (target) {
    if (method === 'GET') throw new EngineError(READONLY, 'Cannot execute query in readonly mode')
    const own = new Uint8Array(body).buffer
    return { ...setUp, sql: inUrl, format, insert: target, body: own }
  }
  if (body.length > MAX_SQL_BYTES) throw new EngineError(BAD_ARGUMENTS, 'The query is too long', 413)
  const sql = [inUrl, body.toString()]
    .filter((text) => text.trim() !== '')
    .join('\n')
    .trim()
    .replace(/;\s*$/, '')
  if (sql === '') throw new EngineError(SYNTAX_ERROR, 'Syntax error: Empty query')
  return { ...setUp, sql, format: formatOf(sql) ?? format, streams: /^(?:SELECT|WITH|\()/i.test(withoutComments(sql)) }
}

function setUpOf(method, headers, parameters) {
  const settings = []
  for (const [name, value] of parameters) {
    if (OWN_PARAMETERS.includes(name)) continue
    if (NOT_SERVED.includes(name)) throw new EngineError(NOT_IMPLEMENTED, `Parameter ${name} is not served`)
    if (!NAME.test(name)) throw new EngineError(UNKNOWN_SETTING, `Unknown setting '${name}'`)
    settings.push(`${name} = ${quote(value)}`)
  }
  // The last: nothing can be set behind it.
  if (method === 'GET') settings.push('readonly = 2')
  return { database: parameters.get('database') ?? headers['x-clickhouse-database'] ?? '', settings }
}

/** `INSERT INTO table (columns) FORMAT name`, whose rows come in the body; null for any other statement. */
function rawInsert(sql) {
  const match = /^\s*INSERT\s+INTO\s+(?:TABLE\s+)?([\w.`]+)\s*(?:\(([^()]*)\)\s*)?FORMAT\s+(\w+)\s*;?\s*$/i.exec(sql)
  if (!match) return null
  const bare = (name) => name.replaceAll('`', '').trim()
  const columns = match[2]?.split(',').map(bare)
  return { table: bare(match[1]), format: match[3], ...(columns ? { columns } : {}) }
}

/** The format a statement asks for itself, where it stands at the end. */
function formatOf(sql) {
  return /\bFORMAT\s+(\w+)(?:\s+SETTINGS\s[^'"]*)?$/i.exec(sql)?.[1]
}

function withoutComments(sql) {
  return sql.replace(/^(?:\s+|--[^\n]*\n|\/\*[\s\S]*?\*\/)+/, '')
}
