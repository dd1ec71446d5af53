/** What LaTeX's commands and environments mean to a reader: which arguments are prose, which symbol a name stands for. */

const names = (list: string): readonly string[] => list.trim().split(/\s+/u);

/** Sectioning commands and their levels, 1 the highest. */
export const sectionLevels: ReadonlyMap<string, number> = new Map([
  ['part', 1],
  ['chapter', 1],
  ['section', 2],
  ['subsection', 3],
  ['subsubsection', 4],
  ['paragraph', 5],
  ['subparagraph', 6],
]);

/** Commands that leave nothing to read, with all their arguments. */
export const silentCommands: ReadonlySet<string> = new Set(
  names(`
  cite citep citet citealp citealt citeauthor citeyear citeyearpar Citep Citet nocite autocite textcite parencite footcite
  supercite fullcite ref eqref autoref cref Cref crefrange pageref nameref vref hyperref label tag footnote footnotemark
  footnotetext thanks marginpar marginnote todo index glsadd includegraphics includesvg input include subfile
  bibliography bibliographystyle addbibresource printbibliography vspace hspace vskip hskip vfill hfill phantom
  hphantom vphantom caption subcaption title author date affiliation institute email thispagestyle pagestyle pagenumbering
  setcounter addtocounter setlength addtolength newcommand renewcommand providecommand newenvironment renewenvironment
  newtheorem DeclareMathOperator usepackage RequirePackage documentclass hypersetup definecolor color graphicspath
  addcontentsline tableofcontents listoffigures listoftables maketitle appendix newpage clearpage cleardoublepage
  pagebreak linebreak nopagebreak noindent indent bigskip medskip smallskip centering raggedright raggedleft
  rule protect selectlanguage hyphenation lstinputlisting inputminted markboth markright fontsize setstretch
  doi enlargethispage def let pdfbookmark acknowledgments
`),
);

/** Leading brace arguments that are not prose, of commands whose last argument is. */
export const leadingArguments: ReadonlyMap<string, number> = new Map([
  ['href', 1],
  ['textcolor', 1],
  ['colorbox', 1],
  ['fcolorbox', 2],
  ['foreignlanguage', 1],
  ['parbox', 1],
  ['raisebox', 1],
  ['resizebox', 2],
  ['scalebox', 1],
  ['rotatebox', 1],
  ['multicolumn', 2],
  ['multirow', 2],
  ['hyperlink', 1],
  ['hypertarget', 1],
  ['texorpdfstring', 1],
  ['acro', 0],
]);

/** Commands whose argument is read letter by letter. */
export const literalCommands: ReadonlySet<string> = new Set([
  'url',
  'nolinkurl',
  'path',
  'lstinline',
  'verb',
  'mintinline',
]);

/** Environments that are not prose. Whatever stands in them, blank lines included, is skipped to their end. */
export const opaqueEnvironments: ReadonlySet<string> = new Set(
  names(`
  verbatim Verbatim lstlisting minted comment filecontents alltt table figure wrapfigure wraptable sidewaystable
  sidewaysfigure subfigure tabular tabularx tabulary longtable tabbing tikzpicture pgfpicture picture algorithm algorithmic
  algorithm2e algorithmicx thebibliography forest axis
`),
);

/** Environments of displayed mathematics: they stand for nothing, and the sentence goes on round them. */
export const mathEnvironments: ReadonlySet<string> = new Set(
  names(`
  equation align alignat flalign gather multline eqnarray displaymath math array split dmath subequations cases aligned
  gathered IEEEeqnarray
`),
);

/** What a command without an argument prints. */
export const symbols: ReadonlyMap<string, string> = new Map([
  ['LaTeX', 'LaTeX'],
  ['TeX', 'TeX'],
  ['LaTeXe', 'LaTeX2e'],
  ['BibTeX', 'BibTeX'],
  ['ldots', '…'],
  ['dots', '…'],
  ['textellipsis', '…'],
  ['textendash', '–'],
  ['textemdash', '—'],
  ['textquoteleft', '‘'],
  ['textquoteright', '’'],
  ['textquotedblleft', '“'],
  ['textquotedblright', '”'],
  ['textbackslash', '\\'],
  ['textasciitilde', '~'],
  ['textasciicircum', '^'],
  ['textbar', '|'],
  ['textless', '<'],
  ['textgreater', '>'],
  ['textunderscore', '_'],
  ['textdegree', '°'],
  ['texttrademark', '™'],
  ['textregistered', '®'],
  ['copyright', '©'],
  ['pounds', '£'],
  ['euro', '€'],
  ['S', '§'],
  ['P', '¶'],
  ['dag', '†'],
  ['ss', 'ß'],
  ['ae', 'æ'],
  ['AE', 'Æ'],
  ['oe', 'œ'],
  ['OE', 'Œ'],
  ['aa', 'å'],
  ['AA', 'Å'],
  ['o', 'ø'],
  ['O', 'Ø'],
  ['l', 'ł'],
  ['L', 'Ł'],
  ['i', 'ı'],
  ['j', 'ȷ'],
  ['ie', 'i.e.'],
  ['eg', 'e.g.'],
  ['etal', 'et al.'],
  ['etc', 'etc.'],
]);

/** Accent commands and the combining mark each puts on the next letter. */
export const accents: ReadonlyMap<string, string> = new Map([
  ['`', '\u0300'],
  ["'", '\u0301'],
  ['^', '\u0302'],
  ['~', '\u0303'],
  ['=', '\u0304'],
  ['u', '\u0306'],
  ['.', '\u0307'],
  ['"', '\u0308'],
  ['r', '\u030a'],
  ['H', '\u030b'],
  ['v', '\u030c'],
  ['d', '\u0323'],
  ['c', '\u0327'],
  ['k', '\u0328'],
  ['b', '\u0331'],
]);
