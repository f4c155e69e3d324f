/** Where a text stops being a JSON object: the line, from 1. Null when it is one. */
export function jsonFault(text: string): { readonly line: number } | null {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? null : { line: 1 }
  } catch (error) {
    return { line: lineOf(text, error instanceof Error ? error.message : '') }
  }
}

/** Engines say it as a position, as line and column, or (an unfinished text) not at all. */
function lineOf(text: string, message: string): number {
  const line = /line (\d+)/.exec(message)?.[1]
  if (line !== undefined) return Number(line)
  const position = /position (\d+)/.exec(message)?.[1]
  const before = position === undefined ? text : text.slice(0, Number(position))
  return before.split('\n').length
}
