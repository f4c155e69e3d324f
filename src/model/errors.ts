/**
 * The one table of errors the outside can meet. Codes are never reused. `retry` says whether the same request may
 * succeed later without a change.
 */
export const ERRORS = {
  'body.malformed': {
    status: 400,
    retry: false,
    text: 'The body is not what its content type says; check the JSON, the encoding and the compression.',
  },
  'body.too-large': {
    status: 413,
    retry: false,
    text: 'The body exceeds 10 MiB (64 MiB unpacked); send smaller batches.',
  },
  'body.media-type': {
    status: 415,
    retry: false,
    text: 'Send application/cloudevents+json, application/cloudevents-batch+json, application/x-ndjson, or ce-* headers.',
  },
  'event.malformed': {
    status: 400,
    retry: false,
    text: 'Not a CloudEvent 1.0: specversion, id, source, type and data are required.',
  },
  'event.type-unknown': {
    status: 400,
    retry: false,
    text: 'The type is not in the catalogue, or belongs to the log alone.',
  },
  'event.too-large': { status: 400, retry: false, text: 'An event may have 256 KiB at most.' },
  'event.id-reused': {
    status: 400,
    retry: false,
    text: 'This source and id came before with other content; the first stays. Send the change with a new id and `retracts`.',
  },
  'subject.missing': {
    status: 400,
    retry: false,
    text: 'The subject (unified social credit code) is required for this type; a complaint without one needs data.respondent.',
  },
  'subject.malformed': {
    status: 400,
    retry: false,
    text: 'The subject must be 18 characters of the GB 32100 alphabet.',
  },
  'subject.check-character': {
    status: 400,
    retry: false,
    text: 'The check character of the credit code does not fit; look for a typing error.',
  },
  'region.unknown': {
    status: 400,
    retry: false,
    text: 'The region must be a GB/T 2260 county code in force or with an alias.',
  },
  'industry.unknown': {
    status: 400,
    retry: false,
    text: 'The industry must be a GB/T 4754-2017 code of 2 to 4 digits.',
  },
  'time.malformed': { status: 400, retry: false, text: 'The time must be RFC 3339, e.g. 2026-11-23T08:00:00+08:00.' },
  'time.future': {
    status: 400,
    retry: false,
    text: 'The time is more than 5 minutes ahead; check the clock of the source.',
  },
  'time.ancient': { status: 400, retry: false, text: 'The time is before 1949-10-01.' },
  'data.invalid': {
    status: 400,
    retry: false,
    text: 'The data does not fit the schema of its type; the message names the member.',
  },
  'source.forbidden': {
    status: 400,
    retry: false,
    text: 'This key may not send for this source, type, area, backfill or retraction.',
  },
  'retracts.unknown': { status: 400, retry: false, text: 'The event to retract never arrived within 24 hours.' },
  'retracts.parking-full': {
    status: 400,
    retry: true,
    text: 'The event to retract is not known, and as many corrections as may already wait for theirs; send that event first, or this one later.',
  },
  'retracts.final': {
    status: 400,
    retry: false,
    text: 'A withdrawal cannot be withdrawn or replaced; send the event again with a new id.',
  },
  'attribution.not-allowed': {
    status: 409,
    retry: false,
    text: 'Only a complaint, report or opinion without a subject that still stands can be attributed, to one enterprise.',
  },
  'log.unavailable': {
    status: 503,
    retry: true,
    text: 'The log cannot be reached; send the whole request again, what had arrived counts as duplicates.',
  },
  'log.full': {
    status: 503,
    retry: true,
    text: 'The log is full; the operator must free space, then send the whole request again.',
  },
  'disk.full': {
    status: 503,
    retry: true,
    text: 'The disk is nearly full; the operator must free space, then send the whole request again.',
  },
  'store.unavailable': {
    status: 503,
    retry: true,
    text: 'The history store cannot be reached; detection and alerts go on, try again later.',
  },
  'rate.limited': { status: 429, retry: true, text: 'Too many requests; wait as long as Retry-After says.' },
  unauthenticated: { status: 401, retry: false, text: 'Send Authorization: Bearer KEY, or sign in.' },
  forbidden: { status: 403, retry: false, text: 'This identity may not do that.' },
  'not-found': { status: 404, retry: false, text: 'There is no such thing, or it is outside your scope.' },
  'revision.stale': { status: 412, retry: false, text: 'The alert has changed since you read it; read it again.' },
  'revision.required': { status: 428, retry: false, text: 'Send If-Match with the ETag of the alert you read.' },
  'action.not-allowed': {
    status: 409,
    retry: false,
    text: 'The status of the alert does not allow this action; details list what is allowed.',
  },
  'request.invalid': { status: 400, retry: false, text: 'A parameter or the body is wrong; the message names it.' },
  'request.headers-too-large': {
    status: 431,
    retry: false,
    text: 'Request line and headers exceed 16 KiB; send fewer, and what is long in the body.',
  },
  'request.uri-too-long': { status: 414, retry: false, text: 'A part of the path is longer than any id is.' },
  'request.too-slow': {
    status: 408,
    retry: true,
    text: 'The request did not arrive in time: 20 s for the headers, 2 min for all of it; send smaller batches.',
  },
  'request.expectation': { status: 417, retry: false, text: 'The only expectation met is 100-continue.' },
  'method.not-allowed': { status: 405, retry: false, text: 'This path does not know the method.' },
  'clock.doubtful': {
    status: 503,
    retry: true,
    text: 'The clock of the service is in doubt; an administrator looks at GET /v1/clock and puts it right or confirms it.',
  },
  'row.refused': {
    status: 500,
    retry: false,
    text: 'ClickHouse refused a row of the log for its content; it waits in quarantine, the operator looks at it.',
  },
  internal: {
    status: 500,
    retry: true,
    text: 'A fault of the service; the operator finds it in the log under the request id.',
  },
} as const satisfies Record<string, { status: number; retry: boolean; text: string }>

export type ErrorCode = keyof typeof ERRORS

/** An expected refusal: carries the code of the table, a message for people, and details for programs. */
export class YujingError extends Error {
  readonly code: ErrorCode
  readonly details: unknown
  constructor(code: ErrorCode, message?: string, details?: unknown) {
    super(message ?? ERRORS[code].text)
    this.name = 'YujingError'
    this.code = code
    this.details = details
  }
}

/** Whether history cannot be asked at the moment, and nothing worse. */
export function isStoreAway(error: unknown): boolean {
  return error instanceof YujingError && error.code === 'store.unavailable'
}

/** A compare-and-set lost: the key has another revision than the one given. */
export class RevisionConflict extends Error {
  constructor(key: string) {
    super(`revision conflict on ${key}`)
    this.name = 'RevisionConflict'
  }
}

/** The log refused an append because its last message is not the one expected: another writer has taken over. */
export class AppendSuperseded extends Error {
  constructor(message = 'the last message of the log is not the one expected') {
    super(message)
    this.name = 'AppendSuperseded'
  }
}
