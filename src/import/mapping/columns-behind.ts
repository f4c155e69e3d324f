import { isConstant, isLeaf, isList, type MappingRule, type Member, partsOf } from './schema.ts'

/** The columns a refusal of the door speaks of, by the member it names; '' when that cannot be told. */
export function columnsBehind(
  rule: MappingRule,
  { code, message }: { readonly code: string; readonly message: string },
): string {
  const named = /^data((?:\.\w+)+)/.exec(message)?.[1]?.slice(1).split('.')
  const member = named === undefined ? envelopeBehind(rule, code) : follow(rule.data, named)
  return member === undefined ? '' : columnsIn(member).join(', ')
}

function envelopeBehind(rule: MappingRule, code: string): Member | undefined {
  if (code.startsWith('subject.')) return rule.subject
  if (code.startsWith('region.')) return rule.region
  if (code.startsWith('time.')) return 'taken' in rule.time ? undefined : rule.time
  return code.startsWith('industry.') ? rule.industry : undefined
}

function follow(member: Member, path: readonly string[]): Member | undefined {
  const [name, ...rest] = path
  if (name === undefined || isLeaf(member) || isList(member) || isConstant(member)) return member
  const next = partsOf(member).find(([one]) => one === name)?.[1]
  return next === undefined ? undefined : follow(next, rest)
}

function columnsIn(member: Member): string[] {
  if (isConstant(member)) return []
  if (isList(member)) return [member.column].flat()
  if (isLeaf(member)) return 'column' in member ? [member.column].flat() : []
  return partsOf(member).flatMap(([, part]) => columnsIn(part))
}
