/** Every reason for which no suggestion comes, in one place: a sentence for the writer, for the status, lists and log. */
import { languageName, t } from '../../base/l10n.ts';

/** Where none can come, asked for or not. */
export const silence = {
  switchedOff: (languageId: string) => t('Switched off for {0} (foresay.enable).', languageId),
  comments: () => t('Comments of source files are read only when foresay.comments.enable is on.'),
  excluded: (pattern: string) => t('This file is excluded by {0} (foresay.exclude).', pattern),
  tooLarge: () => t('This document is too large for suggestions.'),
  noProse: () => t('No prose is written here.'),
  heading: () => t('A heading is no place for a sentence.'),
  beforeWord: () => t('The cursor touches the word after it.'),
  alreadyWritten: () => t('The rest of this sentence is already written.'),
  nothingBefore: () => t('There is no sentence before the cursor to go on from.'),
  nothingFollows: () => t('Nothing follows here that could be led over to.'),
  otherLanguage: (found: string, known: readonly string[]) =>
    t(
      'This paragraph seems to be {0}; the model knows {1} only.',
      languageName(found),
      known.map(languageName).join(', '),
    ),
  saidNearby: () => t('Every idea for this place is already said nearby.'),
  noWording: () => t('No wording made a whole sentence that fits the markup and says something.'),
  repeated: () => t('Every wording repeats the document.'),
  lowScore: () => t('No wording is good enough to show (see foresay.suggest.minScore).'),
} as const;

/** Where what is written of a note has come to its end. */
export const noteSilence = {
  atItsEnd: () => t('The model has nothing more to say about this note.'),
} as const;

/** Where none comes by itself, though one would if it were asked for. */
export const waiting = {
  manual: () => t('Suggestions come only when you ask for them (foresay.suggest.trigger).'),
  takenBack: () => t('You have just taken something back; suggestions come again as you type.'),
  justBegun: () => t('This sentence has only just begun.'),
} as const;
