/** What comments and strings look like in source files, by VS Code's language id. */

export interface SourceSyntax {
  /** Marks of comments to the end of a line. */
  readonly line: readonly string[];
  /** Marks round comments over lines. */
  readonly block: readonly (readonly [open: string, close: string])[];
  /** Marks of strings that end with their line. */
  readonly strings: string;
  /** Marks of strings that go over lines. */
  readonly long: readonly string[];
  /** Strings over lines that stand alone, as Python's docstrings do, are prose. */
  readonly docstrings: boolean;
  /** `/…/` is a pattern where a value may stand. */
  readonly patterns: boolean;
  /** A line's comment needs white space or a line's start before it. */
  readonly apart: boolean;
}

const c: SourceSyntax = {
  line: ['//'],
  block: [['/*', '*/']],
  strings: '"',
  long: ['"""'],
  docstrings: false,
  patterns: false,
  apart: false,
};
const script: SourceSyntax = { ...c, strings: '"\'', long: ['`'], patterns: true };
const hash: SourceSyntax = { ...c, line: ['#'], block: [], strings: '"\'', long: [], apart: true };

const syntaxes: Readonly<Record<string, SourceSyntax>> = {
  typescript: script,
  typescriptreact: script,
  javascript: script,
  javascriptreact: script,
  python: { ...hash, long: ['"""', "'''"], docstrings: true, apart: false },
  rust: c,
  go: { ...c, long: ['`'] },
  java: c,
  c,
  cpp: c,
  csharp: c,
  kotlin: c,
  swift: c,
  scala: c,
  dart: { ...c, strings: '"\'', long: ['"""', "'''"] },
  php: { ...c, line: ['//', '#'], strings: '"\'', long: [] },
  shellscript: hash,
  ruby: hash,
  perl: hash,
  r: hash,
  julia: { ...hash, strings: '"', long: ['"""'] },
  powershell: { ...hash, block: [['<#', '#>']] },
  lua: { ...c, line: ['--'], block: [['--[[', ']]']], strings: '"\'', long: [] },
  sql: { ...c, line: ['--'], strings: '"\'', long: [] },
  haskell: { ...c, line: ['--'], block: [['{-', '-}']], long: [] },
};

export function sourceSyntax(languageId: string): SourceSyntax {
  return (Object.hasOwn(syntaxes, languageId) ? syntaxes[languageId] : undefined) ?? c;
}
