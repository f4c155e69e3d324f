import type { GlobalThemeOverrides } from 'naive-ui'

const FONT = 'var(--font)'

/** Naive UI in the colours of `tokens.css`. It computes with some colours, so they stand here as values. */
export function naiveOverrides(dark: boolean): GlobalThemeOverrides {
  const accent = dark ? '#6b9dff' : '#1b57d0'
  const hover = dark ? '#8fb4ff' : '#2f6bdf'
  const pressed = dark ? '#5487ea' : '#1546ab'
  return {
    common: {
      fontFamily: FONT,
      fontFamilyMono: 'var(--mono)',
      primaryColor: accent,
      primaryColorHover: hover,
      primaryColorPressed: pressed,
      primaryColorSuppl: accent,
      borderRadius: '6px',
      bodyColor: dark ? '#0b0f15' : '#f2f4f7',
      cardColor: dark ? '#121821' : '#ffffff',
      modalColor: dark ? '#1a222d' : '#ffffff',
      popoverColor: dark ? '#1a222d' : '#ffffff',
      inputColor: dark ? '#0f141c' : '#ffffff',
      borderColor: dark ? '#364353' : '#c6cfda',
      textColor1: dark ? '#e8edf4' : '#17212e',
      textColor2: dark ? '#d5dde8' : '#2b3847',
      textColor3: dark ? '#8391a3' : '#586577',
      placeholderColor: dark ? '#8391a3' : '#586577',
    },
    Input: { border: `1px solid ${dark ? '#364353' : '#c6cfda'}` },
    Button: { fontWeight: '500', textColorPrimary: dark ? '#0b1220' : '#ffffff' },
  }
}
