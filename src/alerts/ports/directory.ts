/**
 * The register of enterprises as the desk needs it.
 *
 * `name` is the present name of an enterprise by its credit code, null when the register does not know it (yet).
 * Rejects when it cannot be asked.
 */
export interface Directory {
  name(code: string): Promise<string | null>
}
