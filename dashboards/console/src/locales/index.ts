import { createI18n } from 'vue-i18n'
import { en } from './en.ts'
import { enEventTypes } from './en-event-types.ts'
import { zh } from './zh.ts'
import { zhEventTypes } from './zh-event-types.ts'

export const LOCALES = ['zh', 'en'] as const
export type LocaleName = (typeof LOCALES)[number]

/** Every message of the page, Chinese first; both languages hold the same keys (a test compares them). */
export const messages = { zh: { ...zh, eventType: zhEventTypes }, en: { ...en, eventType: enEventTypes } }

/** The translator of the page. */
export function createTranslator(locale: LocaleName) {
  return createI18n({ legacy: false, locale, fallbackLocale: 'zh', messages, missingWarn: false, fallbackWarn: false })
}
