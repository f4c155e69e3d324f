import type { Http } from './http.ts'

/** Somebody who handles alerts in areas that meet the reader's. */
export interface Officer {
  readonly id: string
  readonly name: string
}

export async function listOfficers(http: Http): Promise<readonly Officer[]> {
  return ((await http.request('/v1/officers')) as { items: readonly Officer[] }).items
}
