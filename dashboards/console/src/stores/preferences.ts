import { computed, ref, watchEffect } from 'vue'
import type { LocaleName } from '../locales/index.ts'

export const THEMES = ['system', 'light', 'dark'] as const
export type ThemeChoice = (typeof THEMES)[number]

const STORE = 'yujing.preferences'

function stored(): { theme?: unknown; locale?: unknown } {
  try {
    return JSON.parse(localStorage.getItem(STORE) ?? '{}') as { theme?: unknown; locale?: unknown }
  } catch {
    return {}
  }
}

/** Looks and language of this browser. Nothing else is ever stored here: no key, no alert. */
export function createPreferences() {
  const kept = stored()
  const theme = ref<ThemeChoice>(THEMES.find((choice) => choice === kept.theme) ?? 'system')
  const locale = ref<LocaleName>(kept.locale === 'en' ? 'en' : 'zh')

  const system = matchMedia('(prefers-color-scheme: dark)')
  const systemDark = ref(system.matches)
  system.addEventListener('change', (event) => {
    systemDark.value = event.matches
  })
  const dark = computed(() => (theme.value === 'system' ? systemDark.value : theme.value === 'dark'))

  watchEffect(() => {
    document.documentElement.dataset.theme = dark.value ? 'dark' : 'light'
    document.documentElement.lang = locale.value === 'zh' ? 'zh-CN' : 'en'
    try {
      localStorage.setItem(STORE, JSON.stringify({ theme: theme.value, locale: locale.value }))
    } catch {
      // A browser that stores nothing still works; the choice lasts as long as the page.
    }
  })
  return { theme, locale, dark }
}

export type Preferences = ReturnType<typeof createPreferences>
