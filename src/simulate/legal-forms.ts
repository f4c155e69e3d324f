import { weighted } from './random.ts'

/** A type of entity in the register. */
export interface LegalForm {
  /** Type code of the register. */
  readonly kind: string
  /** First two characters of its credit code: 91 enterprise, 92 sole trader, 93 cooperative. */
  readonly prefix: '91' | '92' | '93'
  /** End of its name. */
  readonly suffix: string
  /** Who owns it: `partners`: two people; `one`: one person; `state`, `parent`: an enterprise. */
  readonly owners: 'partners' | 'one' | 'state' | 'parent'
  /** Yuan that a usual capital is multiplied by. */
  readonly capital: number
}

const LIMITED: LegalForm = { kind: '1130', prefix: '91', suffix: '有限公司', owners: 'partners', capital: 1 }

const drawEnterpriseForm = weighted<LegalForm>([
  [LIMITED, 54],
  [{ ...LIMITED, kind: '1151', owners: 'one' }, 27],
  [{ ...LIMITED, kind: '1153', owners: 'parent', capital: 4 }, 4],
  [{ ...LIMITED, kind: '1110', owners: 'state', capital: 20 }, 0.8],
  [{ ...LIMITED, kind: '1140', owners: 'state', capital: 10 }, 1],
  [{ ...LIMITED, kind: '1229', suffix: '股份有限公司', capital: 10 }, 0.7],
  [{ ...LIMITED, kind: '2130', suffix: '有限公司分公司', owners: 'parent', capital: 0.1 }, 6],
  [{ ...LIMITED, kind: '4540', suffix: '厂', owners: 'one', capital: 0.5 }, 4],
  [{ ...LIMITED, kind: '4533', suffix: '中心（有限合伙）', capital: 2 }, 1.5],
])
const SOLE_TRADER: LegalForm = { kind: '9500', prefix: '92', suffix: '店', owners: 'one', capital: 0.05 }
const COOPERATIVE: LegalForm = {
  kind: '9100',
  prefix: '93',
  suffix: '专业合作社',
  owners: 'partners',
  capital: 0.8,
}
const COOPERATIVES_AMONG_OTHERS = 0.03

/** @param others share of sole traders and cooperatives in the population, 0 to 1 */
export function formOf(random: Parameters<typeof drawEnterpriseForm>[0], others: number): LegalForm {
  if (others > 0 && random.chance(others)) return random.chance(COOPERATIVES_AMONG_OTHERS) ? COOPERATIVE : SOLE_TRADER
  return drawEnterpriseForm(random)
}
