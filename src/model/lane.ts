/**
 * The two ways into the one log. `live`: what happens now, never kept waiting by the other. `batch`: imports and history,
 * metered so that neither door nor log nor detection fall behind for its sake.
 */
export const LANES = ['live', 'batch'] as const
export type Lane = (typeof LANES)[number]
