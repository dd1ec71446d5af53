/** Every reason for which no suggestion comes, in one place: a sentence for the writer, for the status, lists and log. */

/** Where none can come, asked for or not. */
export const silence = {
  switchedOff: (languageId: string) => `Switched off for ${languageId} (foresay.enable).`,
  excluded: (pattern: string) => `This file is excluded by ${pattern} (foresay.exclude).`,
  tooLarge: () => 'This document is too large for suggestions.',
  noProse: () => 'No prose is written here.',
  heading: () => 'A heading is no place for a sentence.',
  beforeWord: () => 'The cursor touches the word after it.',
  alreadyWritten: () => 'The rest of this sentence is already written.',
  nothingBefore: () => 'There is no sentence before the cursor to go on from.',
  nothingFollows: () => 'Nothing follows here that could be led over to.',
  otherLanguage: (bundle: string) => `This bundle is English (${bundle}), and the text here is not.`,
  saidNearby: () => 'Every idea for this place is already said nearby.',
  noWording: () => 'No wording made a whole sentence that fits the markup and says something.',
  repeated: () => 'Every wording repeats the document.',
  lowScore: () => 'No wording is good enough to show (see foresay.suggest.minScore).',
} as const;

/** Where none comes by itself, though one would if it were asked for. */
export const waiting = {
  manual: () => 'Suggestions come only when you ask for them (foresay.suggest.trigger).',
  takenBack: () => 'You have just taken something back; suggestions come again as you type.',
  justBegun: () => 'This sentence has only just begun.',
} as const;
