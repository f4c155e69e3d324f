import type { SourceRegistration } from '../model/source.ts'

type Expected = SourceRegistration['expected']

/** A source of the demo's province: its name, who runs it, what it sends a day if it sends as things happen. */
type DemoSource = readonly [name: string, owner: string, expected: Expected, detectors?: readonly string[]]

/**
 * Declared is only what chance and the demo's outages leave steady from the first hour; the rest is counted until enough
 * days have passed.
 */
const SOURCES: readonly DemoSource[] = [
  ['12315', '12315 投诉举报平台', { workingDay: 120, otherDay: 140 }, ['complaint-surge']],
  ['registry', '企业登记系统', { workingDay: 150, otherDay: 80 }, ['same-address-registrations']],
  ['inspection', '双随机检查系统', { workingDay: 12, otherDay: 3 }],
  ['court', '法院执行信息', null],
  ['credit', '信用信息公示系统', null],
  ['enforcement', '执法办案系统', null],
  ['equipment', '特种设备监管系统', null],
  ['insurance', '社保部门参保信息', null],
  ['licence', '行政许可系统', null],
  ['monitoring', '风险监测系统', null],
  ['sampling', '抽检系统', null],
  ['tax', '税务部门涉税信息', null],
  ['trademark', '商标与专利信息', null],
]

/** What an administrator says of the sources that the simulated province sends from. */
export function demoSources(): SourceRegistration[] {
  return SOURCES.map(([name, owner, expected, detectors = []]) => ({
    name: `/simulated/${name}`,
    owner,
    contact: '演示数据',
    transport: 'http',
    cadence: { kind: 'live' },
    expected,
    detectors: [...detectors],
    strong: false,
    areas: 'all',
  }))
}
