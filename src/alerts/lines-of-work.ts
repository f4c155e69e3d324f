import type { Level, Measure } from '../model/level.ts'

/**
 * A line of work (条线): who answers for a detector's alerts and with what. Defaults of ours, data and not code.
 */
export interface LineOfWork {
  /** The division whose matter it is (first of the detector's responsible divisions). */
  readonly department: string
  /** The measures this line has, mildest first: an address cannot be called to an interview, an enterprise can. */
  readonly ladder: readonly Measure[]
  /** The first answer at each level; must stand on the ladder. Null: analyse, no measure. */
  readonly firstMeasure: Readonly<Record<Level, Measure | null>>
  /** Codes of tasks beside the measure. */
  readonly tasks: Readonly<Record<Level, readonly string[]>>
}

/** By the detector's code. The row's own measure stands at its default level; a milder level has a milder answer. */
export const LINES_OF_WORK: Readonly<Record<string, LineOfWork>> = {
  'REG-01': {
    department: '注册处',
    ladder: ['reminder', 'inspection'],
    firstMeasure: { red: 'inspection', orange: 'inspection', yellow: 'reminder', blue: 'reminder' },
    tasks: { red: ['verify-on-site'], orange: ['verify-on-site'], yellow: [], blue: [] },
  },
  'CHG-01': {
    department: '注册处',
    ladder: ['reminder', 'interview', 'inspection'],
    firstMeasure: { red: 'inspection', orange: 'interview', yellow: 'interview', blue: 'reminder' },
    tasks: { red: [], orange: [], yellow: [], blue: [] },
  },
  'CHG-04': {
    department: '注册处',
    ladder: ['interview', 'inspection'],
    firstMeasure: { red: 'inspection', orange: 'inspection', yellow: 'interview', blue: 'interview' },
    tasks: { red: ['interview'], orange: ['interview'], yellow: [], blue: [] },
  },
  'CMP-01': {
    department: '消保处',
    ladder: ['reminder', 'warning', 'interview', 'inspection'],
    firstMeasure: { red: 'inspection', orange: 'interview', yellow: 'warning', blue: 'reminder' },
    tasks: { red: [], orange: [], yellow: [], blue: [] },
  },
  'PUN-02': {
    department: '执法稽查处',
    ladder: ['reminder', 'warning', 'interview'],
    firstMeasure: { red: 'interview', orange: 'interview', yellow: 'warning', blue: 'reminder' },
    tasks: { red: ['apply-enforcement'], orange: ['apply-enforcement'], yellow: ['apply-enforcement'], blue: [] },
  },
  'NET-01': {
    department: '网监处',
    ladder: ['reminder', 'warning', 'interview', 'inspection'],
    firstMeasure: { red: 'interview', orange: 'warning', yellow: 'reminder', blue: 'reminder' },
    tasks: { red: [], orange: [], yellow: [], blue: [] },
  },
}

/**
 * For a detector without a line of its own: nobody is named rather than somebody wrong, and the answer is to analyse
 * (研判), which alone is no measure.
 */
export const NO_LINE_OF_WORK: Omit<LineOfWork, 'department'> & { readonly department: null } = {
  department: null,
  ladder: [],
  firstMeasure: { red: null, orange: null, yellow: null, blue: null },
  tasks: { red: ['analyse'], orange: ['analyse'], yellow: ['analyse'], blue: ['analyse'] },
}

/** The line of work of a detector's code. */
export function lineOfWork(code: string): LineOfWork | typeof NO_LINE_OF_WORK {
  return LINES_OF_WORK[code] ?? NO_LINE_OF_WORK
}
