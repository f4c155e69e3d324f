/** What the server, which counts bytes as they come, and the door, which judges the whole, hold a body of events to. Inclusive. */
export const BODY_LIMITS = {
  /** Bytes of a body as sent. */
  bytes: 10 * 1024 * 1024,
  /** Bytes of the longest body of the live lane. */
  liveBytes: 1024 * 1024,
  /** Characters of what was refused that are kept: at three bytes, and a third more in base64, 768 KiB of a message's 1 MiB. */
  quarantinedCharacters: 192 * 1024,
} as const

/** Most bytes of a character in UTF-8, so that so many bytes make at least a fourth as many characters. */
export const CHARACTER_BYTES = 4
