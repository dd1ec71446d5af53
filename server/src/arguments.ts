/** The command line of foresay-server, read and checked. */

export type Arguments =
  | { readonly kind: 'serve' }
  | { readonly kind: 'help' }
  | { readonly kind: 'version' }
  | { readonly kind: 'wrong'; readonly message: string };

export const helpText = `Usage: foresay-server <transport>

Foresay's language server: the next sentence, summaries and concept hovers for Markdown, LaTeX, AsciiDoc,
reStructuredText, Typst, Org, HTML, commit messages, plain text and comments of source files.

Transports:
  --stdio            talk over standard input and output
  --node-ipc         talk over the channel of a Node parent process
  --socket=PORT      connect to this port of 127.0.0.1

Other:
  --version          print the version and exit
  --help             print this and exit

Settings come from the client: section "foresay" of workspace/configuration, or initializationOptions.settings.
`;

/** What the arguments ask for; `wrong` says in words what is the matter. Arguments of the LSP libraries are let through. */
export function readArguments(args: readonly string[]): Arguments {
  if (args.includes('--help') || args.includes('-h')) return { kind: 'help' };
  if (args.includes('--version')) return { kind: 'version' };
  let transports = 0;
  for (const [i, argument] of args.entries()) {
    if (argument === '--stdio' || argument === '--node-ipc') transports++;
    else if (argument === '--socket' || argument.startsWith('--socket=')) {
      transports++;
      const port = argument === '--socket' ? args[i + 1] : argument.slice('--socket='.length);
      if (!isPort(port))
        return wrong(`--socket: port is ${port === undefined ? 'missing' : `"${port}"`}, expected 1 to 65535`);
    } else if (argument.startsWith('--clientProcessId')) continue;
    else if (argument.startsWith('-')) return wrong(`unknown argument ${argument}`);
  }
  if (transports === 1) return { kind: 'serve' };
  return wrong(transports === 0 ? 'no transport given' : 'more than one transport given');
}

function isPort(text: string | undefined): boolean {
  if (text === undefined || !/^\d+$/u.test(text)) return false;
  const port = Number(text);
  return port >= 1 && port <= 65_535;
}

function wrong(message: string): Arguments {
  return { kind: 'wrong', message };
}
