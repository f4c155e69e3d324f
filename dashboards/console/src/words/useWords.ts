import { computed } from 'vue'
import { useI18n } from 'vue-i18n'
import { fullAreaName } from '../../../../src/model/area.ts'
import type { Bilingual } from '../../../../src/model/level.ts'
import { ApiError } from '../api/http.ts'
import { industryName, kindName } from './codes.ts'
import { formatNumber, likelihoodOf } from './numbers.ts'
import { ageOf, clockOf, momentOf } from './time.ts'

/** Phrases that need the reader's language, for templates. */
export function useWords() {
  const { t, te, locale } = useI18n()
  const tag = computed(() => (locale.value === 'zh' ? 'zh-CN' : 'en-GB'))

  const language = computed(() => (locale.value === 'zh' ? ('zh' as const) : ('en' as const)))

  /** A word of a closed set that may have grown on the service's side: the code itself when the page has no word. */
  function word(path: string, code: string): string {
    return te(`${path}.${code}`) ? t(`${path}.${code}`) : code
  }

  return {
    t,
    word,
    tag,
    say: (text: Bilingual) => (locale.value === 'zh' ? text.zh : text.en),
    number: (value: number) => formatNumber(value, tag.value),
    industry: (code: string) => industryName(code, language.value),
    kind: (code: string) => kindName(code, language.value),
    /** An instant (epoch ms) as it is written; with `clock` to the second when it lies on the day of `now`. */
    moment: (instant: number, now: number) => momentOf(instant, now, language.value),
    clock: (instant: number, now: number) => clockOf(instant, now, language.value),
    /** A registered capital: Chinese counts it in tens of thousands, English does not. */
    capital: (yuan: number) =>
      t('enterprise.yuan', { n: formatNumber(locale.value === 'zh' ? yuan / 10_000 : yuan, tag.value) }),
    area: (code: string) => (code === '' ? '' : fullAreaName(code)),
    age(instant: number, now: number): string {
      const age = ageOf(instant, now)
      return t(`age.${age.unit}`, { ...age })
    },
    likelihood(probability: number): string {
      const said = likelihoodOf(probability, tag.value)
      if (said.word === 'percent') return t('evidence.percent', { n: said.n })
      return said.word === 'one-in' ? t('evidence.oneIn', { n: said.n }) : t('evidence.billionth')
    },
    eventType(type: string): string {
      const path = `eventType.${type.replace(/[.-]/g, '_')}`
      return te(path) ? t(path) : type
    },
    /** Why something failed, as a sentence for the reader. */
    failure(error: unknown): string {
      if (!(error instanceof ApiError)) return t('error.other', { code: 'page' })
      const path = `error.${error.code.replaceAll('.', '-')}`
      return te(path) ? t(path) : t('error.other', { code: error.code })
    },
  }
}

export type Words = ReturnType<typeof useWords>
