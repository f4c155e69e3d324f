/** What a picture shows: a bar a value, in order. */
export interface BarChart {
  readonly title: string
  readonly values: readonly number[]
  /** Text under a bar; '' for none. */
  labels(index: number): string
}

const WIDTH = 960
const HEIGHT = 280
const LEFT = 70
const TOP = 40
const BOTTOM = 30
const STEPS = 4

/** A bar chart as SVG: plain enough for a README. */
export function barChart({ title, values, labels }: BarChart): string {
  const most = niceMost(Math.max(1, ...values))
  const [plotWidth, plotHeight] = [WIDTH - LEFT - 10, HEIGHT - TOP - BOTTOM]
  const each = plotWidth / Math.max(1, values.length)
  const x = (index: number) => (LEFT + index * each).toFixed(1)
  const y = (value: number) => TOP + plotHeight * (1 - value / most)
  const lines = Array.from({ length: STEPS + 1 }, (_, step) => {
    const value = (most * step) / STEPS
    const at = y(value).toFixed(1)
    return (
      `<line x1="${LEFT}" x2="${WIDTH - 10}" y1="${at}" y2="${at}" stroke="#ddd"/>` +
      `<text x="${LEFT - 6}" y="${at}" text-anchor="end" dominant-baseline="middle">${value.toLocaleString('en-US')}</text>`
    )
  })
  const bars = values.map((value, index) => {
    const top = y(value)
    const height = TOP + plotHeight - top
    return `<rect x="${x(index)}" y="${top.toFixed(1)}" width="${Math.max(0.5, each * 0.85).toFixed(2)}" height="${height.toFixed(1)}"/>`
  })
  const names = values.map((_, index) => {
    const label = labels(index)
    return label === '' ? '' : `<text x="${x(index)}" y="${HEIGHT - 10}">${label}</text>`
  })
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="11">
<title>${title}</title>
<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>
<text x="${LEFT}" y="20" font-size="14">${title}</text>
${lines.join('\n')}
<g fill="#3b6ea5">${bars.join('')}</g>
<g fill="#555">${names.join('')}</g>
</svg>
`
}

/** The next 1, 2 or 5 times a power of ten. */
function niceMost(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value))
  return [1, 2, 5, 10].map((step) => step * power).find((step) => step >= value) ?? value
}
