/** Plain prose made safe for the document it is inserted into. */

const latexEscapes: Readonly<Record<string, string>> = {
  '\\': '\\textbackslash{}',
  '^': '\\textasciicircum{}',
  '~': '\\textasciitilde{}',
};

/** The text with everything escaped that this language would read as markup. */
export function escapeProse(text: string, languageId: string): string {
  if (languageId === 'plaintext') return text;
  if (languageId === 'latex' || languageId === 'tex') {
    return text.replace(/[\\^~%&#_${}]/gu, (mark) => latexEscapes[mark] ?? `\\${mark}`);
  }
  return text
    .replace(/[\\`*_[\]<>$|~]/gu, (mark) => `\\${mark}`)
    .replace(/^(\d{1,9})([.)]\s)/u, '$1\\$2')
    .replace(/^[#+=-]/u, (mark) => `\\${mark}`);
}
