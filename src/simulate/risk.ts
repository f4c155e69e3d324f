import type { Industry } from './industries.ts'
import { type Random, streams } from './random.ts'

/** The five groups of indicators by which enterprises are classified (DOMAIN section 2). */
export const RISK_GROUPS = ['basic', 'dynamic', 'supervision', 'relations', 'publicEvaluation'] as const
export type RiskGroup = (typeof RISK_GROUPS)[number]

/** What kind of bad business an enterprise quietly is; most are none. */
export type Trait = 'shell' | 'zombie' | 'bad-kitchen' | 'card-seller' | 'neglected-equipment' | 'poor-goods' | 'rude'

/**
 * The hidden risk of an enterprise. Nobody is told; it only shows in what happens later: failed inspections, penalties,
 * complaints, unfiled reports. Whoever classifies by those is judged against it.
 */
export interface HiddenRisk {
  /** Standard normal over the population, about: higher is worse. */
  readonly latent: number
  /** What the latent score is the sum of, each about standard normal. */
  readonly causes: Readonly<Record<RiskGroup, number>>
  readonly trait: Trait | null
  /** The class that a perfect classification would give it by latent score. */
  readonly band: 'A' | 'B' | 'C' | 'D'
}

/** Weights of the groups in the latent score: those of the default classification. */
const WEIGHTS: Readonly<Record<RiskGroup, number>> = {
  basic: 150,
  dynamic: 200,
  supervision: 350,
  relations: 150,
  publicEvaluation: 150,
}
const LENGTH = Math.hypot(...Object.values(WEIGHTS))

/** Lower bounds of the bands: 55 % A, 38 % B, 5 % C, 2 % D where there were no traits, which add to C and D. */
const BANDS = [
  ['D', 2.05],
  ['C', 1.48],
  ['B', 0.13],
] as const

/** Chance that an inspection finds a problem: 1 % in the middle of A, 15 % of B, about half of C, 80 % of D. */
export function problemChance(latent: number): number {
  return 1 / (1 + Math.exp(3.4 - 2.1 * latent))
}

/** How much a trait adds, and which causes it shows in. */
const TRAITS: Readonly<Record<Trait, { readonly chance: number; readonly adds: Partial<Record<RiskGroup, number>> }>> =
  {
    shell: { chance: 0.012, adds: { basic: 2.5, relations: 2.5, supervision: 1 } },
    zombie: { chance: 0.04, adds: { basic: 1, dynamic: 1.5, supervision: 1 } },
    'bad-kitchen': { chance: 0.04, adds: { supervision: 2.2, publicEvaluation: 2 } },
    'card-seller': { chance: 0.03, adds: { dynamic: 2, publicEvaluation: 2.5, supervision: 1 } },
    'neglected-equipment': { chance: 0.04, adds: { supervision: 2.6 } },
    'poor-goods': { chance: 0.04, adds: { supervision: 2, publicEvaluation: 1.5 } },
    rude: { chance: 0.01, adds: { publicEvaluation: 3 } },
  }

function traitOf(random: Random, line: Industry): Trait | null {
  const at = random.next()
  const own: Trait | null = line.prepaid
    ? 'card-seller'
    : line.producer
      ? 'poor-goods'
      : line.food
        ? 'bad-kitchen'
        : line.equipment
          ? 'neglected-equipment'
          : null
  let bound = 0
  for (const trait of ['shell', 'zombie', 'rude', ...(own === null ? [] : [own])] as const) {
    bound += TRAITS[trait].chance
    if (at < bound) return trait
  }
  return null
}

/** @returns the hidden risk by index; a function of seed, index and line of business */
export function createRisks(seed: string): (index: number, line: Industry) => HiddenRisk {
  const of = streams(seed, 'hidden risk')
  return (index, line) => {
    const random = of.at(index)
    const trait = traitOf(random, line)
    const adds = trait === null ? {} : TRAITS[trait].adds
    const causes = { basic: 0, dynamic: 0, supervision: 0, relations: 0, publicEvaluation: 0 }
    let sum = 0
    for (const group of RISK_GROUPS) {
      causes[group] = random.normal() + (adds[group] ?? 0)
      sum += WEIGHTS[group] * causes[group]
    }
    const latent = sum / LENGTH
    return { latent, causes, trait, band: BANDS.find(([, least]) => latent >= least)?.[0] ?? 'A' }
  }
}
