/** What a finding says to the writer. */
import { t } from '../../base/l10n.ts';
import { shortened } from '../../base/shortened.ts';
import type { CheckName, Finding } from './finding.ts';

/** UTF-16 units of a sentence that is quoted. */
const quoteLength = 60;

/** `line`: where the related sentence is, 1-based. */
export function messageOf(finding: Finding, line: number): string {
  return messages[finding.check](finding, line);
}

const messages: Readonly<Record<CheckName, (finding: Finding, line: number) => string>> = {
  repeats: ({ sentence, related, similarity }, line) =>
    sentence.id === related.id
      ? t('Line {0} says this word for word.', line)
      : t('Line {0} says this already (similarity {1}).', line, similarity.toFixed(2)),
  drift: ({ related }) =>
    t(
      'This is about something else than its section, of which “{0}” is most typical.',
      shortened(related.text, quoteLength),
    ),
  jump: () => t('The text jumps here: this does not follow from what is said before.'),
  topic: ({ related }) =>
    t(
      'The section does not begin with what it is about: “{0}” is most typical of it.',
      shortened(related.text, quoteLength),
    ),
};
