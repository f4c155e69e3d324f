import type { Story } from '../scene.ts'
import { areaStories } from './area.ts'
import { changeStories } from './change.ts'
import { complaintStories } from './complaint.ts'
import { creditStories } from './credit.ts'
import { enforcementStories } from './enforcement.ts'
import { equipmentStories } from './equipment.ts'
import { marketStories } from './market.ts'
import { massRegistrationStories } from './mass-registration.ts'
import { registrationStories } from './registration.ts'
import { safetyStories } from './safety.ts'

/** Every kind of incident and decoy there is, by line of work. To add one, add it to the table of its line. */
export const STORIES = {
  ...registrationStories,
  ...massRegistrationStories,
  ...changeStories,
  ...complaintStories,
  ...creditStories,
  ...enforcementStories,
  ...safetyStories,
  ...equipmentStories,
  ...marketStories,
  ...areaStories,
} as const satisfies Record<string, Story>

export type StoryName = keyof typeof STORIES
export const STORY_NAMES = Object.keys(STORIES) as StoryName[]
