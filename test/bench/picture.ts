import { init } from 'echarts'

/** Lines over time, one under the other: a panel per unit. */
export interface Panel {
  readonly title: string
  readonly unit: string
  readonly lines: Readonly<Record<string, readonly number[]>>
}

const WIDTH = 960
const PANEL_HEIGHT = 200
const HEAD = 44

/** An SVG of panels that share their time axis; `seconds` is where the values of every line stand. */
export function draw(title: string, seconds: readonly number[], panels: readonly Panel[]): string {
  const height = HEAD + panels.length * PANEL_HEIGHT
  const chart = init(null, null, { renderer: 'svg', ssr: true, width: WIDTH, height })
  const top = (index: number) => HEAD + index * PANEL_HEIGHT
  chart.setOption({
    animation: false,
    backgroundColor: '#fff',
    title: [
      { text: title, left: 16, top: 10, textStyle: { fontSize: 16 } },
      ...panels.map((panel, index) => ({
        text: `${panel.title}, ${panel.unit}`,
        left: 16,
        top: top(index) + 6,
        textStyle: { fontSize: 12 },
      })),
    ],
    legend: panels.map((panel, index) => ({
      data: Object.keys(panel.lines),
      right: 16,
      top: top(index) + 4,
      textStyle: { fontSize: 11 },
    })),
    grid: panels.map((_, index) => ({ left: 70, right: 24, top: top(index) + 34, height: PANEL_HEIGHT - 64 })),
    xAxis: panels.map((_, index) => ({ type: 'value', gridIndex: index, min: 0, max: seconds.at(-1) ?? 1 })),
    yAxis: panels.map((_, index) => ({ type: 'value', gridIndex: index, min: 0 })),
    series: panels.flatMap((panel, index) =>
      Object.entries(panel.lines).map(([name, values]) => ({
        type: 'line',
        name,
        xAxisIndex: index,
        yAxisIndex: index,
        showSymbol: false,
        data: values.map((value, at) => [seconds[at], value]),
      })),
    ),
  })
  const svg = chart.renderToSVGString()
  chart.dispose()
  return svg
}
