/** What every county of an area begins with: `14` for `140000`, `1401` for `140100`, the county itself otherwise. */
export function areaPrefix(area: string): string {
  return area.endsWith('0000') ? area.slice(0, 2) : area.endsWith('00') ? area.slice(0, 4) : area
}
