/** The command line of `foresay`, read and checked. */
import { parseArgs } from 'node:util';
import { errorMessage } from '../base/log.ts';
import { type CheckName, checkNames } from '../service/index.ts';

/** What the user got wrong, in words that say what to do. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export const commandNames = ['suggest', 'summarise', 'similar', 'outline', 'check'] as const;
export type CommandName = (typeof commandNames)[number];

/** A document to read and what to do with it. Line and column count from 1, as editors show them. */
export interface Request {
  readonly command: CommandName;
  /** Path, or `-` for standard input. */
  readonly file: string;
  readonly json: boolean;
  /** Language id; `undefined` tells it by the file's extension. */
  readonly language: string | undefined;
  /** Directory of a bundle; `undefined` takes the one that ships. */
  readonly bundle: string | undefined;
  readonly line: number | undefined;
  readonly column: number | undefined;
  /** Suggestions or similar sentences wanted. */
  readonly count: number | undefined;
  readonly sentences: number | undefined;
  readonly method: 'auto' | 'lcm' | 'extractive';
  readonly seed: number;
  /** Where suggestions are led. */
  readonly towards: string;
  /** What is checked. */
  readonly checks: readonly CheckName[];
  /** What to be similar to, in the stead of the sentence at a position. */
  readonly query: string | undefined;
}

export type Asked =
  | { readonly kind: 'help' }
  | { readonly kind: 'version' }
  | { readonly kind: 'evaluate'; readonly args: readonly string[] }
  | { readonly kind: 'run'; readonly request: Request };

export const helpText = `Usage: foresay COMMAND FILE [options]

Writing help at the level of ideas, for scripts. FILE is a document, or - for standard input.

Commands:
  suggest    ideas for the next sentence at a position (default: where the document ends)
  summarise  a summary of the document, or with --line of the section around that line
  similar    the sentences closest in meaning to the sentence at --line, or to --query
  outline    the sections, and what each of their topics is about
  check      sentences that repeat an idea, drift, jump, or open a section without its topic
  evaluate   the model's figures on a corpus; its own options: foresay evaluate --help

Options:
  --json               print one JSON object
  --language ID        markdown, latex, plaintext, …; else by the file's extension
  --line N             line, from 1
  --column N           column, from 1 in UTF-16 units (default: the end of the line)
  --count N            suggestions (default 3, at most 8) or similar sentences (default 5)
  --towards TEXT       suggest: lead the ideas towards this
  --seed N             suggest, summarise: the same text and seed give the same answer
  --sentences N        summarise: length (default 3)
  --method NAME        summarise: auto, lcm or extractive
  --query TEXT         similar: look for this
  --checks NAMES       check: some of repeats,drift,jump,topic
  --bundle DIRECTORY   another model bundle than the one that ships
  --version, --help    print and exit

Exit codes: 0 done, 1 nothing found (check: something found), 2 wrong usage or input, 3 the model cannot run.
`;

const options = {
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
  version: { type: 'boolean', default: false },
  language: { type: 'string' },
  bundle: { type: 'string' },
  line: { type: 'string' },
  column: { type: 'string' },
  count: { type: 'string' },
  sentences: { type: 'string' },
  method: { type: 'string' },
  seed: { type: 'string' },
  towards: { type: 'string' },
  query: { type: 'string' },
  checks: { type: 'string' },
} as const;
type OptionName = keyof typeof options;

const everywhere: readonly OptionName[] = ['json', 'help', 'version', 'language', 'bundle'];
/** The options that mean something to each command, beside those that mean the same to all. */
const optionsOf: Readonly<Record<CommandName, readonly OptionName[]>> = {
  suggest: ['line', 'column', 'count', 'seed', 'towards'],
  summarise: ['line', 'sentences', 'method', 'seed'],
  similar: ['line', 'column', 'count', 'query'],
  outline: [],
  check: ['checks'],
};
const methods = ['auto', 'lcm', 'extractive'] as const;

/** What the arguments ask for. Throws UsageError. */
export function readArguments(args: readonly string[]): Asked {
  // Whatever follows is the evaluation's own.
  if (args[0] === 'evaluate') return { kind: 'evaluate', args: args.slice(1) };
  const { values, positionals } = parsed(args);
  if (values.help) return { kind: 'help' };
  if (values.version) return { kind: 'version' };
  const [name, file, ...more] = positionals;
  if (name === undefined) throw new UsageError('no command given');
  // Both spellings are English.
  const command = commandNames.find((each) => each === (name === 'summarize' ? 'summarise' : name));
  if (!command) throw new UsageError(`unknown command ${name}, expected ${commandNames.join(', ')} or evaluate`);
  if (file === undefined) throw new UsageError(`${command}: no FILE given; - reads standard input`);
  if (more.length > 0) throw new UsageError(`${command}: one FILE at a time, found also ${more[0]}`);
  const meaning = [...everywhere, ...optionsOf[command]];
  const stray = (Object.keys(values) as OptionName[]).find((each) => !meaning.includes(each));
  if (stray) throw new UsageError(`${command}: --${stray} means nothing here`);
  const line = wholeNumber(values.line, 'line', 1);
  const column = wholeNumber(values.column, 'column', 1);
  if (column !== undefined && line === undefined) throw new UsageError('--column needs --line');
  if (command === 'similar' && (line === undefined) === (values.query === undefined)) {
    throw new UsageError('similar: give either --line (and --column) or --query');
  }
  const method = values.method ?? 'auto';
  if (!isMethod(method)) throw new UsageError(`--method is "${method}", expected ${methods.join(', ')}`);
  return {
    kind: 'run',
    request: {
      command,
      file,
      json: values.json,
      language: values.language,
      bundle: values.bundle,
      line,
      column,
      count: wholeNumber(values.count, 'count', 1, command === 'suggest' ? 8 : 1000),
      sentences: wholeNumber(values.sentences, 'sentences', 1, 30),
      method,
      seed: wholeNumber(values.seed, 'seed', 0, 2 ** 32 - 1) ?? 0,
      towards: values.towards?.trim() ?? '',
      query: values.query,
      checks: checksIn(values.checks),
    },
  };
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (error) {
    // Node's first sentence names the option; what follows is advice for programmers.
    throw new UsageError(errorMessage(error).replace(/\. .*$/u, ''));
  }
}

function wholeNumber(text: string | undefined, name: string, low: number, high = 2 ** 31 - 1): number | undefined {
  if (text === undefined) return undefined;
  const number = /^\d+$/u.test(text) ? Number(text) : Number.NaN;
  if (number >= low && number <= high) return number;
  throw new UsageError(`--${name} is "${text}", expected a whole number from ${low} to ${high}`);
}

function checksIn(text: string | undefined): readonly CheckName[] {
  if (text === undefined) return checkNames;
  return text.split(',').map((name) => {
    const check = checkNames.find((each) => each === name.trim());
    if (!check) throw new UsageError(`--checks names "${name}", expected some of ${checkNames.join(', ')}`);
    return check;
  });
}

function isMethod(text: string): text is Request['method'] {
  return (methods as readonly string[]).includes(text);
}
