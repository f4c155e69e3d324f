import { businessDay, businessDayStart, formatDay } from '../../../model/time.ts'
import type { Enterprise } from '../../population.ts'
import { tell } from '../deeds.ts'
import { about, decoy, incident, type Outcome, type Scene } from '../scene.ts'

const LIFT = '曳引驱动乘客电梯'

/** SPE-01 to SPE-03: lifts, boilers and the people who work on them. */
export const equipmentStories = {
  'overdue-lift': incident('SPE-01', 'a lift in a hotel whose inspection ran out; nobody comes', (scene) =>
    overdue(scene, false),
  ),
  'stopped-lift': decoy('SPE-01', 'a lift whose inspection ran out, but it was stopped before', (scene) =>
    overdue(scene, true),
  ),
  'trapping-lift': incident(
    'SPE-02',
    'the third time within a month that one lift traps people',
    (scene) => trapped(scene, true),
    {
      harmDays: 10,
    },
  ),
  'three-lifts': decoy('SPE-02', 'three lifts of three houses trap people once each', (scene) => trapped(scene, false)),
  'certificate-expiring': incident('SPE-03', 'an operator’s certificate that ends in thirty days', (scene) =>
    certificate(scene, false),
  ),
  'certificate-renewed': decoy('SPE-03', 'one that was renewed in time', (scene) => certificate(scene, true)),
} as const

function house(scene: Scene): Enterprise | null {
  return scene.reserve(({ line }) => line.equipment && !line.producer)
}

const unit = ({ code }: Enterprise, number: number) => `31${code.slice(2, 8)}2015${code.slice(-5)}${number}`

function overdue(scene: Scene, stopped: boolean): Outcome | null {
  const owner = house(scene)
  if (owner === null) return null
  const code = unit(owner, 1)
  const due = businessDay(scene.burst)
  tell(scene, scene.ago(365), 'equipment', 'equipment.inspected', owner, {
    code,
    kind: LIFT,
    result: 'pass',
    nextDue: formatDay(due),
    public: true,
  })
  if (stopped) tell(scene, scene.ago(15), 'equipment', 'equipment.stopped', owner, { code })
  return {
    ...about(owner, stopped ? null : 'red', stopped ? null : businessDayStart(due + 1)),
    key: { kind: 'equipment', key: code },
  }
}

function trapped(scene: Scene, same: boolean): Outcome | null {
  const owner = house(scene)
  if (owner === null) return null
  const [now = scene.burst] = scene.times(1)
  const maintainers = [scene.newcomer(901), scene.newcomer(902), scene.newcomer(903)]
  for (const [number, time] of [scene.ago(20), scene.ago(7), now].entries()) {
    const code = unit(owner, same ? 1 : number + 1)
    const maintainer = maintainers[same ? 0 : number]?.code
    tell(scene, time, 'equipment', 'equipment.fault', owner, {
      code,
      kind: '困人',
      trapped: 2,
      ...(maintainer !== undefined && { maintainer }),
    })
  }
  return { ...about(owner, same ? 'orange' : null, same ? now : null), key: { kind: 'equipment', key: unit(owner, 1) } }
}

function certificate(scene: Scene, renewed: boolean): Outcome | null {
  const owner = house(scene)
  if (owner === null) return null
  const ends = businessDay(scene.burst) + 30
  const paper = { number: `TS${owner.code}`, kind: '特种设备作业人员证' }
  tell(scene, scene.ago(1_400), 'licence', 'licence.granted', owner, { ...paper, validUntil: formatDay(ends) })
  if (renewed) {
    tell(scene, scene.ago(5), 'licence', 'licence.renewed', owner, { ...paper, validUntil: formatDay(ends + 1_460) })
  }
  return about(owner, renewed ? null : 'yellow', renewed ? null : businessDayStart(businessDay(scene.burst)))
}
