import { businessDay } from '../../../model/time.ts'
import { drawCounty } from '../../areas.ts'
import { isWorkday } from '../../calendar.ts'
import { inLine, lineOf, settle, tell } from '../deeds.ts'
import { decoy, incident, type Outcome, type Scene } from '../scene.ts'

/** REG-02 to REG-05, REG-11, REG-12: many registrations that have somebody, or something, in common. */
export const massRegistrationStories = {
  'one-person-many-firms': incident(
    'REG-02',
    'one person founds five firms within a quarter, each at another address',
    (scene) => personOf(scene, 'orange'),
    { size: 5 },
  ),
  'serial-founder': decoy('REG-02', 'one person founds four', (scene) => personOf(scene, null), { size: 4 }),
  'one-phone-many-firms': incident(
    'REG-03',
    'nine firms leave one phone number, none came through an agent',
    (scene) => phoneOf(scene, false),
    { size: 9 },
  ),
  'agent-phone': decoy(
    'REG-03',
    'nine clients of one agent, who leaves its own number',
    (scene) => phoneOf(scene, true),
    {
      size: 9,
    },
  ),
  'agent-burst': incident(
    'REG-04',
    'an agent that registers one firm a week registers thirty-two in one',
    (scene) => agentOf(scene, 1, 32, 'orange'),
    { lasts: 3_600 },
  ),
  'busy-agent': decoy(
    'REG-04',
    'an agent that registers two dozen a week registers thirty',
    (scene) => agentOf(scene, 24, 30, null),
    {
      lasts: 3_600,
    },
  ),
  'name-series': incident(
    'REG-05',
    'eleven names that differ in one character, in one county, through one agent',
    (scene) => names(scene, true),
    { size: 11 },
  ),
  'name-fashion': decoy(
    'REG-05',
    'eleven such names by people who have nothing to do with each other',
    (scene) => names(scene, false),
    {
      size: 11,
    },
  ),
  'registration-wave': incident(
    'REG-11',
    'twenty-four firms of one line in one county on one day',
    (scene) => wave(scene, 0, 'yellow'),
    { size: 24, lasts: 3_600 },
  ),
  'steady-registrations': decoy(
    'REG-11',
    'as many as on every working day of the last two months',
    (scene) => wave(scene, 18, null),
    { size: 20, lasts: 3_600 },
  ),
  'stolen-identity': incident('REG-12', 'a victim applies to cancel; the same agent registered five more', (scene) =>
    stolen(scene, true),
  ),
  'single-cancellation': decoy('REG-12', 'a victim applies to cancel; no agent was involved', (scene) =>
    stolen(scene, false),
  ),
} as const

const codes = (enterprises: readonly { readonly code: string }[]) => enterprises.map(({ code }) => code)

/** Three in the past, the rest now. */
function spread(scene: Scene, past: readonly number[]): number[] {
  const before = past.slice(0, Math.max(0, scene.size - 1)).map((days) => scene.ago(days))
  return [...before, ...scene.times(scene.size - before.length)]
}

function personOf(scene: Scene, level: 'orange' | null): Outcome {
  const person = scene.stranger()
  const times = spread(scene, [70, 45, 20])
  const firms = times.map((time, number) =>
    settle(scene, time, scene.newcomer(number), {
      legalRepresentative: person,
      shareholders: [{ holder: person, ratio: 1 }],
    }),
  )
  return {
    key: { kind: 'person', key: person.idNumber },
    name: person.name,
    region: firms[0]?.region ?? '',
    enterprises: codes(firms),
    level,
    trips: level === null ? null : (times[4] ?? null),
  }
}

function phoneOf(scene: Scene, throughAgent: boolean): Outcome {
  const { phone } = scene.stranger()
  const agent = scene.newcomer(500)
  const times = spread(scene, [60, 40, 10])
  const firms = times.map((time, number) => {
    const firm = { ...scene.newcomer(number), agent: throughAgent ? { name: agent.name, key: agent.code } : null }
    return settle(scene, time, firm, { phone })
  })
  return {
    key: { kind: 'phone', key: phone },
    name: phone,
    region: firms[0]?.region ?? '',
    enterprises: codes(firms),
    level: throughAgent ? null : 'yellow',
    trips: throughAgent ? null : (times[7] ?? null),
  }
}

function agentOf(scene: Scene, perWeek: number, now: number, level: 'orange' | null): Outcome {
  const agent = { name: '某某企业登记代理有限公司', key: scene.newcomer(999).code }
  let number = 0
  const register = (time: number) => settle(scene, time, { ...scene.newcomer(number++), agent })
  const past: number[] = []
  for (let week = 1; week <= 13; week++) {
    const number = perWeek > 10 ? perWeek + ((week % 3) - 1) * 3 : perWeek
    for (let each = 0; each < number; each++) past.push(scene.ago(week * 7 + (each % 5)))
  }
  const times = scene.times(now)
  const firms = [...past.map(register), ...times.map(register)]
  return {
    key: { kind: 'agent', key: agent.key },
    name: agent.name,
    region: firms[0]?.region ?? '',
    enterprises: codes(firms),
    level,
    trips: level === null ? null : (times[29] ?? null),
  }
}

const SERIES = [...'一二三四五六七八九十百千万']

function names(scene: Scene, throughAgent: boolean): Outcome {
  const region = drawCounty(scene.random)
  const agent = { name: '某某企业登记代理有限公司', key: scene.newcomer(999).code }
  const times = scene.times(scene.size)
  const firms = times.map((time, number) => {
    const firm = { ...inLine(scene.newcomer(number, region), lineOf('5299')), agent: throughAgent ? agent : null }
    return settle(scene, time, firm, { name: `鑫源盛泰${SERIES[number]}商贸有限公司` })
  })
  return {
    key: { kind: 'agent', key: agent.key },
    name: '鑫源盛泰',
    region,
    enterprises: codes(firms),
    level: throughAgent ? 'yellow' : null,
    trips: throughAgent ? (times[9] ?? null) : null,
  }
}

function wave(scene: Scene, perDay: number, level: 'yellow' | null): Outcome {
  const region = drawCounty(scene.random)
  const line = lineOf('5299')
  let number = 0
  const register = (time: number) => settle(scene, time, inLine(scene.newcomer(number++, region), line))
  const today = businessDay(scene.burst)
  for (let day = 60; day >= 1; day--) {
    if (!isWorkday(today - day)) continue
    for (let each = 0; each < perDay; each++) register(scene.ago(day))
  }
  const times = scene.times(scene.size)
  const firms = times.map(register)
  return {
    key: { kind: 'area', key: `${region} ${line.code.slice(0, 2)}` },
    name: line.trade,
    region,
    enterprises: codes(firms),
    level,
    trips: level === null ? null : (times[19] ?? null),
  }
}

function stolen(scene: Scene, throughAgent: boolean): Outcome {
  const agent = { name: '某某企业登记代理有限公司', key: scene.newcomer(999).code }
  const firms = [300, 260, 220, 150, 90, 60].map((days, number) =>
    settle(scene, scene.ago(days), { ...scene.newcomer(number), agent: throughAgent ? agent : null }),
  )
  const [time = scene.burst] = scene.times(1)
  const victim = firms[0]
  if (victim !== undefined) {
    tell(scene, time, 'registry', 'registration.cancellation-applied', victim, { reason: '身份证遗失后被冒用登记' })
  }
  return {
    key: { kind: 'agent', key: agent.key },
    name: agent.name,
    region: victim?.region ?? '',
    enterprises: codes(firms),
    level: throughAgent ? 'orange' : null,
    trips: throughAgent ? time : null,
  }
}
