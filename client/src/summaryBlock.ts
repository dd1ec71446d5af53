/** The text of a summary as it is put into a document: the same as the server's code action writes elsewhere. */

/** A quote, or a labelled paragraph in plain text; plain sentences in, no newline at its ends. */
export function summaryBlock(languageId: string, sentences: readonly string[]): string {
  const text = sentences.join(' ');
  switch (languageId) {
    case 'markdown':
      return `> **Summary.** ${escapeMarkdown(text)}`;
    case 'latex':
    case 'tex':
      return `\\begin{quote}\n\\textbf{Summary.} ${escapeLatex(text)}\n\\end{quote}`;
    default:
      return `Summary: ${text}`;
  }
}

function escapeMarkdown(text: string): string {
  return text
    .replace(/[\\`*_[\]<>$|~]/gu, '\\$&')
    .replace(/^(\d{1,9})([.)]\s)/u, '$1\\$2')
    .replace(/^[#+=-]/u, '\\$&');
}

function escapeLatex(text: string): string {
  const named: Readonly<Record<string, string>> = {
    '\\': '\\textbackslash{}',
    '~': '\\textasciitilde{}',
    '^': '\\textasciicircum{}',
  };
  return text.replace(/[\\^~%&#_${}]/gu, (character) => named[character] ?? `\\${character}`);
}
