import type { StoryName } from './stories/stories.ts'

/** One chapter of a career: what happens, and so many days before the last one. */
export interface Chapter {
  readonly story: StoryName
  readonly daysBefore: number
}

/** A household of risk over the years: the same people and enterprises in one incident after the other. */
export interface Career {
  readonly about: string
  readonly chapters: readonly Chapter[]
}

const career = (about: string, ...chapters: readonly (readonly [StoryName, number])[]): Career => ({
  about,
  chapters: chapters.map(([story, daysBefore]) => ({ story, daysBefore })),
})

/** Chapters in order of time; the last one ends where the plan says. */
export const CAREERS = {
  'shell-ring': career(
    'a room full of shells; none reports, one is found empty',
    ['mass-registration', 1_000],
    ['listed-once', 480],
    ['missed-twice', 120],
    ['serious-violation', 0],
  ),
  'professional-closers': career(
    'somebody takes over failing gyms, one after the other, and shuts them',
    ['professional-closer', 420],
    ['second-representative', 200],
    ['prepaid-flight', 0],
  ),
  'prepaid-chain': career(
    'a chain of schools: loud advertising, then staff leave, then the doors shut',
    ['false-advertising', 200],
    ['mediation-refused', 90],
    ['prepaid-flight', 12],
    ['mass-complaint', 0],
  ),
  'bad-kitchen': career(
    'a kitchen that was warned for two years before guests fell ill',
    ['failed-sample', 700],
    ['failed-again', 420],
    ['two-failed-samples', 200],
    ['penalty-dense', 60],
    ['food-poisoning', 0],
  ),
  'neglected-lifts': career(
    'a landlord whose lifts are overdue, and trap people',
    ['certificate-expiring', 300],
    ['overdue-lift', 60],
    ['rectification-overdue', 20],
    ['trapping-lift', 0],
  ),
  'identity-thief': career(
    'an agent that registers by the dozen, in stolen names',
    ['agent-burst', 250],
    ['stolen-identity', 0],
  ),
  'trademark-hoarder': career(
    'marks by the dozen, year after year',
    ['trademark-hoard', 720],
    ['trademark-hoard', 360],
    ['trademark-hoard', 0],
  ),
  'walking-dead': career(
    'no tax, no staff, no report, no address',
    ['zombie', 500],
    ['listed-once', 380],
    ['missed-twice', 0],
  ),
} as const satisfies Record<string, Career>

export type CareerName = keyof typeof CAREERS
export const CAREER_NAMES = Object.keys(CAREERS) as CareerName[]
