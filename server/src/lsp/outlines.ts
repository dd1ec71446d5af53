/** The concept outline for the editor: as a tree for views, and as document symbols. */
import {
  type ClientCapabilities,
  type DocumentSymbol,
  type SymbolInformation,
  SymbolKind,
} from 'vscode-languageserver';
import { shortened } from '../base/shortened.ts';
import type { OutlineResult, OutlineSection as SectionResult } from '../protocol.ts';
import type { OutlineSection, Topic } from '../service/index.ts';
import type { OpenDocument } from './documents.ts';
import { rangeOf } from './positions.ts';

/** UTF-16 units of a key sentence as a symbol's name. */
const nameLength = 80;

export function outlineResult(document: OpenDocument, sections: readonly OutlineSection[]): OutlineResult {
  const section = (each: OutlineSection): SectionResult => ({
    heading: each.section.heading,
    range: rangeOf(document.text, { start: each.section.start, end: endOf(each) }),
    topics: each.topics.map(({ span, sentences, coherence, key }) => ({
      range: rangeOf(document.text, span),
      sentences,
      coherence,
      key: { range: rangeOf(document.text, key), text: key.text },
    })),
    subsections: each.subsections.map(section),
  });
  return { version: document.snapshot.version, sections: sections.map(section) };
}

/** A symbol for each heading, and in it one for each topic, named by its key sentence; flat for clients without trees. */
export function documentSymbols(
  document: OpenDocument,
  sections: readonly OutlineSection[],
  client: ClientCapabilities,
): DocumentSymbol[] | SymbolInformation[] {
  const { text, uri } = document;
  const topic = ({ span, key }: Topic): DocumentSymbol => ({
    name: shortened(key.text, nameLength),
    kind: SymbolKind.Key,
    range: rangeOf(text, span),
    selectionRange: rangeOf(text, key),
  });
  const section = (each: OutlineSection): DocumentSymbol[] => {
    const { start, bodyStart, heading } = each.section;
    const children = [...each.topics.map(topic), ...each.subsections.flatMap(section)];
    // What precedes the first heading has no name of its own.
    if (heading === '') return children;
    const range = rangeOf(text, { start, end: endOf(each) });
    const selectionRange = { start: range.start, end: text.positionAt(Math.min(bodyStart, endOf(each))) };
    return [{ name: heading, kind: SymbolKind.String, range, selectionRange, children }];
  };
  const tree = sections.flatMap(section);
  const hierarchical = client.textDocument?.documentSymbol?.hierarchicalDocumentSymbolSupport === true;
  return hierarchical ? tree : tree.flatMap((symbol) => flat(symbol, uri));
}

function flat({ name, kind, selectionRange, children = [] }: DocumentSymbol, uri: string): SymbolInformation[] {
  return [{ name, kind, location: { uri, range: selectionRange } }, ...children.flatMap((child) => flat(child, uri))];
}

/** Where a section with all its subsections ends. */
function endOf({ section, subsections }: OutlineSection): number {
  const last = subsections.at(-1);
  return last ? endOf(last) : section.end;
}
