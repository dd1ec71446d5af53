/** What a summary looks like in a document: in each markup's own idiom, for each purpose. */
import { familyOf, type MarkupFamily } from '../../base/languages.ts';
import { commented, type Markup, markupOf } from '../../base/markup.ts';

/** `description` is a field of the document's metadata, which no reader sees in the text. */
export type SummaryForm = 'quote' | 'abstract' | 'comment' | 'description';

/** The summary as whole lines, `\n` between them; `undefined` where the language has no such form. */
export function summaryText(languageId: string, form: SummaryForm, sentences: readonly string[]): string | undefined {
  const markup = markupOf(languageId);
  const plain = sentences.join(' ');
  switch (form) {
    case 'quote':
      return markup.labelled('Summary', markup.escape(plain));
    case 'abstract':
      return abstracts[familyOf(languageId)]?.(markup.escape(plain), markup);
    case 'comment':
      return commented(languageId, `Summary: ${plain}`);
    case 'description':
      return descriptions[familyOf(languageId)]?.(plain);
  }
}

/** Whether documents of this language have a place for the form. */
export function hasForm(languageId: string, form: SummaryForm): boolean {
  const inFrontMatter = form === 'description' && markupOf(languageId).frontMatter;
  return inFrontMatter || summaryText(languageId, form, ['']) !== undefined;
}

type Abstract = (prose: string, markup: Markup) => string;

const labelled: Abstract = (prose, markup) => markup.labelled('Abstract', prose);

const abstracts: Partial<Readonly<Record<MarkupFamily, Abstract>>> = {
  markdown: labelled,
  mdx: labelled,
  restructuredtext: labelled,
  latex: (prose) => `\\begin{abstract}\n${prose}\n\\end{abstract}`,
  asciidoc: (prose) => `[abstract]\n--\n${prose}\n--`,
  typst: (prose) => `#align(center)[\n  *Abstract* \\\n  ${prose}\n]`,
  org: (prose) => `#+begin_abstract\n${prose}\n#+end_abstract`,
  html: (prose) => `<section role="doc-abstract"><p>${prose}</p></section>`,
};

/** From plain prose, which each escapes as its metadata want it. Front matter is written elsewhere. */
const descriptions: Partial<Readonly<Record<MarkupFamily, (prose: string) => string>>> = {
  asciidoc: (prose) => `:description: ${prose.replaceAll('{', '\\{')}`,
  typst: (prose) => `#set document(description: [${markupOf('typst').escape(prose)}])`,
  org: (prose) => `#+description: ${prose}`,
  html: (prose) => `<meta name="description" content="${markupOf('html').escape(prose).replaceAll('"', '&quot;')}">`,
  restructuredtext: (prose) => `.. meta::\n   :description: ${markupOf('restructuredtext').escape(prose)}`,
};
