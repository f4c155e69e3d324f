import { en } from './en.ts'
import { enEventTypes } from './en-event-types.ts'
import { enPages } from './en-pages.ts'

/** Every English message; loaded when somebody reads English. */
export const wholeEn = { ...en, ...enPages, eventType: enEventTypes }
