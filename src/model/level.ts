/** Alert levels of the field, most severe first. */
export const LEVELS = ['red', 'orange', 'yellow', 'blue'] as const
export type Level = (typeof LEVELS)[number]

/** 1 (blue) to 4 (red); 0 for none. */
export function severity(level: Level | null): number {
  return level === null ? 0 : LEVELS.length - LEVELS.indexOf(level)
}

/** The four measures of the regulation, mildest first; `warning` is 警示, never 警告 (a penalty). */
export const MEASURES = ['reminder', 'warning', 'interview', 'inspection'] as const
export type Measure = (typeof MEASURES)[number]

/** A sentence in both languages of the console. */
export interface Bilingual {
  readonly zh: string
  readonly en: string
}
