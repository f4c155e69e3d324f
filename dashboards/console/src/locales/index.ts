import { createI18n } from 'vue-i18n'
import { zh } from './zh.ts'
import { zhEventTypes } from './zh-event-types.ts'

export const LOCALES = ['zh', 'en'] as const
export type LocaleName = (typeof LOCALES)[number]

const atStart = { ...zh, eventType: zhEventTypes }

/** The translator of the page, in Chinese: the language of the house comes with the page, the other one when it is wanted. */
export function createTranslator() {
  return createI18n({
    legacy: false,
    locale: 'zh' as LocaleName,
    fallbackLocale: 'zh' as LocaleName,
    messages: { zh: atStart } as Record<LocaleName, typeof atStart>,
    missingWarn: false,
    fallbackWarn: false,
  })
}

type Translator = ReturnType<typeof createTranslator>

/** Loads a language and speaks it. Rejects when it cannot be loaded; then the one spoken before stays. */
export async function speak(translator: Translator, locale: LocaleName): Promise<void> {
  if (locale === 'en') translator.global.setLocaleMessage('en', (await import('./whole-en.ts')).wholeEn)
  translator.global.locale.value = locale
}

/** Loads the Chinese words of the pages beside the list of alerts; the English table is whole from the start. */
export async function learnPageWords(translator: Pick<Translator['global'], 'mergeLocaleMessage'>): Promise<void> {
  translator.mergeLocaleMessage('zh', (await import('./zh-pages.ts')).zhPages)
}
