import { template } from '../../detectors/_template.ts'
import { detectors } from '../../detectors/index.ts'
import type { Detector } from '../../src/detect/contract.ts'

/** Every detector that judges, and the template, which does not but must be as sound: it is what others are copied from. */
export const everyDetector: readonly Detector[] = [...detectors, template]
