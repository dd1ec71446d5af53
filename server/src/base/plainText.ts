/** Bytes of a file as text, if that is what they are. */

/** The text, without a byte order mark; `undefined` for what is not UTF-8 or holds zeros, as no text does. */
export function plainText(bytes: Uint8Array): string | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return text.includes('\0') ? undefined : text;
  } catch {
    return undefined;
  }
}
