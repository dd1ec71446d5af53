/** Is this text in a language the bundle was trained on? A cheap test by script and function words; English only. */

/** Words that mark a language; those shared by several of these languages are left out. */
const functionWords: Readonly<Record<string, string>> = {
  en: 'the of and to is that for it with as are this be by from or which we not have has they their its can been were but these when than would will there each if more our such between',
  de: 'der die das und ist nicht ein eine einen dem den von mit auf für sich auch werden wird sind wir oder zu im als bei nach wie über',
  fr: 'le la les des est une dans et que qui pour pas sur avec sont cette nous par ce il elle aux du être ou mais',
  es: 'el los las una que es por con para del se está son como más pero sus esta este lo al ser entre',
  it: 'il di che è non per una con sono della nel gli questo alla più anche dei si delle',
  pt: 'os um uma não em com do da dos das são mais como foi ao pelo pela seu sua também',
  nl: 'het een van niet zijn voor dat met op aan wordt ook naar dit deze bij door maar worden',
};
const languageOfWord = new Map<string, string>();
for (const [language, words] of Object.entries(functionWords)) {
  for (const word of words.split(' ')) languageOfWord.set(word, language);
}

const letters = /\p{L}/gu;
const latinLetters = /\p{Script=Latin}/gu;

/**
 * `english`, `other`, or `unknown` when the text is too short to tell. Other scripts are told by one letter in three,
 * Latin-script languages by their function words against the English ones.
 */
export function guessLanguage(text: string): 'english' | 'other' | 'unknown' {
  const letterCount = text.match(letters)?.length ?? 0;
  if (letterCount < 4) return 'unknown';
  if ((text.match(latinLetters)?.length ?? 0) < letterCount * (2 / 3)) return 'other';
  const words = text.toLowerCase().match(/\p{L}+/gu) ?? [];
  let english = 0;
  let foreign = 0;
  for (const word of words) {
    const language = languageOfWord.get(word);
    if (language === 'en') english++;
    else if (language !== undefined) foreign++;
  }
  if (foreign >= 3 && foreign > english) return 'other';
  // Running English has about 35 function words in a hundred; names, lists and jargon still leave some.
  if (words.length >= 25 && english < words.length * 0.06) return 'other';
  return english >= 2 ? 'english' : 'unknown';
}
