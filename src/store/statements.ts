/**
 * The statements of an SQL file: parted by semicolons, except within strings, quoted names and comments. Comments stay
 * with the statement they stand in; what holds nothing else is left out.
 */
export function splitStatements(sql: string): string[] {
  // Strings and names may hold escaped or doubled quotes; both forms are passed over as a whole.
  const tokens = /'(?:[^'\\]|\\.|'')*'|"(?:[^"\\]|\\.)*"|`(?:[^`\\]|\\.)*`|--[^\n]*|\/\*[\s\S]*?\*\/|;/g
  const statements: string[] = []
  let start = 0
  for (const token of sql.matchAll(tokens)) {
    if (token[0] !== ';') continue
    statements.push(sql.slice(start, token.index))
    start = token.index + 1
  }
  statements.push(sql.slice(start))
  return statements.map((statement) => statement.trim()).filter((statement) => !isEmpty(statement))
}

function isEmpty(statement: string): boolean {
  return statement.replace(/--[^\n]*|\/\*[\s\S]*?\*\//g, '').trim() === ''
}
