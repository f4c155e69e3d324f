import { type DetectorDeclaration, defineDetector, type View } from '../../src/detect/contract.ts'

type Windows = DetectorDeclaration<string, string>['windows']

/** A detector that counts: fires at `level` members of its first window. Told of every judgement through `onJudged`. */
export function countingDetector(o: {
  windows: Windows
  lateness: number
  threshold?: number
  red?: number
  stock?: boolean
  version?: number
  onJudged?: (view: View) => void
}) {
  const first = Object.keys(o.windows)[0] as string
  return defineDetector({
    id: 'counting',
    code: 'TST-01',
    version: o.version ?? 1,
    title: { zh: '计数', en: 'Counting' },
    why: { zh: '测试', en: 'For tests' },
    falsePositives: [],
    keyKind: 'enterprise',
    latenessDays: { 'complaint.filed': o.lateness },
    parameters: {
      least: {
        title: { zh: '最少', en: 'Least' },
        unit: 'events',
        default: o.threshold ?? Number.MAX_SAFE_INTEGER,
        minimum: 1,
        maximum: Number.MAX_SAFE_INTEGER,
      },
    },
    windows: o.windows,
    stock: o.stock ?? false,
    keys(event) {
      const member = event.data.member
      const stock = event.data.stock === -1 ? -1 : 1
      return [
        {
          key: event.subject,
          ...(typeof member === 'string' ? { member } : {}),
          ...(o.stock ? { stock } : {}),
          ...(o.stock && stock === -1 ? { counts: false as const } : {}),
        },
      ]
    },
    verdict(view, { least }) {
      o.onJudged?.(view)
      const counted = view.windows[first]?.members ?? 0
      const observed = o.stock ? Math.max(counted, view.stock) : counted
      const red = observed >= (o.red ?? Number.POSITIVE_INFINITY)
      return {
        level: red ? 'red' : observed >= (least ?? 0) ? 'orange' : null,
        observed,
        expected: null,
        threshold: least ?? 0,
        probability: null,
        reason: 'count',
        window: first,
      }
    },
    series: (view) => view.series(1, 3),
    sentence: ({ observed }) => ({ zh: `${observed}件`, en: `${observed} events` }),
    examples: { fire: [{ name: 'none', given: [] }], quiet: [{ name: 'none', given: [] }] },
  })
}
