import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'

const VERSION = 1
const IV_BYTES = 12
const TAG_BYTES = 16
const HEADER_BYTES = 1 + IV_BYTES + TAG_BYTES

/** Seals what goes to quarantine: AES-256-GCM under a key derived from the person key, so that one secret keeps both. */
export interface Seal {
  /** Base64 of version, nonce, tag and cipher text. */
  close(text: string): string
  /** @throws Error when the seal was made under another key or was changed */
  open(sealed: string): string
}

export function createSeal(personKey: Buffer): Seal {
  const key = Buffer.from(hkdfSync('sha256', personKey, '', 'yujing quarantine 1', 32))
  return {
    close(text) {
      const iv = randomBytes(IV_BYTES)
      const cipher = createCipheriv('aes-256-gcm', key, iv)
      const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
      return Buffer.concat([Buffer.of(VERSION), iv, cipher.getAuthTag(), body]).toString('base64')
    },
    open(sealed) {
      const bytes = Buffer.from(sealed, 'base64')
      if (bytes.length < HEADER_BYTES || bytes[0] !== VERSION) throw new Error('not a seal of this version')
      const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(1, 1 + IV_BYTES))
      decipher.setAuthTag(bytes.subarray(1 + IV_BYTES, HEADER_BYTES))
      return Buffer.concat([decipher.update(bytes.subarray(HEADER_BYTES)), decipher.final()]).toString('utf8')
    },
  }
}
