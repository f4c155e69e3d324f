import type { Cursor } from '../live/messages.ts'
import type { Http } from './http.ts'

/** The feed's place at this moment, without a list. */
export async function getFeedPlace(http: Http): Promise<Cursor> {
  return ((await http.request('/v1/overview')) as { readonly cursor: Cursor }).cursor
}
