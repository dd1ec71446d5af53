/**
 * Documents in which something is wrong on purpose: built from those of a corpus, each with the offsets of the sentences
 * that a diagnostic should mark. Nothing here looks at a vector.
 */
import { shuffled } from './corpus.mjs';

/** Sentences of a document between two built cases: what is built must stay rare, as it is where people write. */
const sentencesPerCase = 20;
/** A section is cut here, and a document there: a few long books would outweigh everything else. */
const longestSection = 60;
const longestDocument = 160;

/** A document as lists of sentences: `[{heading, paragraphs: [[sentence]]}]`, and its genre. */
export function cutDocument({ genre, sections }, segment) {
  let left = longestDocument;
  const cut = [];
  for (const { heading, paragraphs } of sections) {
    let room = Math.min(left, longestSection);
    const kept = [];
    for (const paragraph of paragraphs) {
      const sentences = segment(paragraph)
        .map(({ start, end }) => paragraph.slice(start, end).replace(/\s+/gu, ' '))
        .slice(0, room);
      if (sentences.length > 0) kept.push(sentences);
      room -= sentences.length;
      left -= sentences.length;
    }
    if (kept.length > 0) cut.push({ heading, paragraphs: kept });
  }
  return { genre, sections: cut };
}

/** The document as Markdown, and the offsets of the sentences in `marked`; sentences are told apart as objects. */
export function written({ sections }, marked, escaped) {
  let text = '';
  const offsets = [];
  for (const { heading, paragraphs } of sections) {
    // A section of its own even without a heading, as it is in the corpus.
    text += `${text === '' ? '' : '\n\n'}## ${escaped(heading) || 'Untitled'}`;
    for (const paragraph of paragraphs) {
      for (const [i, sentence] of paragraph.entries()) {
        text += i === 0 ? '\n\n' : ' ';
        if (marked.has(sentence)) offsets.push(text.length);
        text += escaped(sentence.text);
      }
    }
  }
  return { text, offsets };
}

/** The document with its sentences as objects, so that equal texts stay different sentences. */
function copyOf({ genre, sections }) {
  return {
    genre,
    sections: sections.map(({ heading, paragraphs }) => ({
      heading,
      paragraphs: paragraphs.map((paragraph) => paragraph.map((text) => ({ text }))),
    })),
  };
}

const count = ({ sections }) => sections.reduce((sum, { paragraphs }) => sum + paragraphs.flat().length, 0);
const words = (text) => text.toLowerCase().match(/[\p{L}\p{N}'’]+/gu) ?? [];
/** A sentence that says something: long enough, with an end, and no scrap of a list or a table. */
const isWhole = (text) => words(text).length >= 8 && /^\p{Lu}.*[.!?]$/su.test(text);
const pick = (list, random) => list[Math.floor(random() * list.length)];

/** How each diagnostic's cases are built: each gives a document and the set of sentences to be marked. */
export const builders = { untouched, repeats, drift, jump, topic };

function untouched(document) {
  return { document: copyOf(document), marked: new Set() };
}

/** Sentences said again further down in other words. */
function repeats(document, _others, random) {
  const built = copyOf(document);
  const marked = new Set();
  const places = built.sections.flatMap(({ paragraphs }) => paragraphs);
  const sources = places.flatMap((paragraph, at) => paragraph.map(({ text }) => ({ text, at })));
  const wanted = Math.ceil(count(document) / sentencesPerCase);
  // Not every sentence has words to change, or a place behind it.
  for (let tried = 0; marked.size < wanted && tried < 20 * wanted; tried++) {
    const { text, at } = pick(sources, random);
    const target = places[at + 1 + Math.floor(random() * (places.length - at - 1))];
    const again = isWhole(text) ? reworded(text, random) : undefined;
    if (!target || again === undefined) continue;
    const sentence = { text: again };
    target.splice(1 + Math.floor(random() * target.length), 0, sentence);
    marked.add(sentence);
  }
  return { document: built, marked };
}

/** Single sentences of other documents of the genre, between two sentences of a section. */
function drift(document, others, random) {
  const built = copyOf(document);
  const marked = new Set();
  const places = built.sections.filter(({ paragraphs }) => paragraphs.flat().length >= 6);
  for (let i = 0; places.length > 0 && i < count(document) / sentencesPerCase; i++) {
    const text = foreignPassage(others, 1, random)?.[0];
    const paragraph = pick(
      pick(places, random).paragraphs.filter(({ length }) => length >= 2),
      random,
    );
    if (text === undefined || !paragraph) continue;
    const sentence = { text };
    paragraph.splice(1 + Math.floor(random() * (paragraph.length - 1)), 0, sentence);
    marked.add(sentence);
  }
  return { document: built, marked };
}

/** Sections that go on, from some sentence, with a passage of another document of the genre. */
function jump(document, others, random) {
  const built = copyOf(document);
  const marked = new Set();
  const sections = built.sections.filter(({ paragraphs }) => paragraphs.flat().length >= 6);
  let wanted = count(document) / sentencesPerCase;
  for (const section of shuffled(sections, random)) {
    if (wanted-- < 0) break;
    const passage = foreignPassage(others, 4, random);
    const inside = section.paragraphs.map((each, i) => ({ each, i })).filter(({ each }) => each.length >= 3);
    const place = pick(inside, random);
    if (!passage || !place) continue;
    const foreign = passage.map((text) => ({ text }));
    const at = 2 + Math.floor(random() * (place.each.length - 2));
    const before = place.each.slice(0, at);
    const isNewParagraph = random() < 0.5;
    section.paragraphs = [
      ...section.paragraphs.slice(0, place.i),
      ...(isNewParagraph ? [before, foreign] : [[...before, ...foreign]]),
    ];
    marked.add(foreign[0]);
  }
  return { document: built, marked };
}

/** Sections whose first two sentences are about something else. */
function topic(document, others, random) {
  const built = copyOf(document);
  const marked = new Set();
  for (const section of built.sections) {
    const sentences = section.paragraphs.flat();
    if (sentences.length < 6 || random() > 0.2) continue;
    const passage = foreignPassage(others, 2, random);
    if (!passage) continue;
    const foreign = passage.map((text) => ({ text }));
    const rest = section.paragraphs[0].slice(2);
    section.paragraphs = [[...foreign, ...rest], ...section.paragraphs.slice(1)];
    marked.add(foreign[0]);
  }
  return { document: built, marked };
}

/** Successive whole sentences of another document. */
function foreignPassage(others, length, random) {
  for (let attempt = 0; attempt < 20; attempt++) {
    const paragraph = pick(pick(pick(others, random).sections, random).paragraphs, random);
    const start = Math.floor(random() * paragraph.length);
    const passage = paragraph.slice(start, start + length);
    if (passage.length === length && passage.every(isWhole)) return passage;
  }
  return undefined;
}

/** Words that can stand for each other nearly everywhere. */
const synonyms = Object.fromEntries(
  `use:employ uses:employs used:employed using:employing show:demonstrate shows:demonstrates showed:demonstrated
  many:numerous important:essential begin:start begins:starts began:started help:assist helps:assists
  need:require needs:requires make:create makes:creates made:created get:obtain gets:obtains allow:permit
  allows:permits allowed:permitted provide:supply provides:supplies change:alter changes:alters changed:altered
  often:frequently usually:generally also:additionally however:nevertheless therefore:consequently because:since
  but:yet about:concerning before:prior_to after:following large:big big:large small:little quickly:rapidly
  new:novel different:distinct similar:comparable problem:difficulty problems:difficulties result:outcome
  results:outcomes people:persons children:youngsters way:manner ways:manners part:portion parts:portions
  goal:aim goals:aims method:approach methods:approaches describe:depict describes:depicts described:depicted
  explain:clarify explains:clarifies increase:raise increases:raises increased:raised reduce:lower reduces:lowers
  enough:sufficient several:various must:has_to should:ought_to think:believe thought:believed
  see:notice saw:noticed say:state says:states said:stated big:sizable difficult:hard hard:difficult easy:simple
  simple:easy whole:entire entire:whole main:chief idea:notion ideas:notions example:instance examples:instances
  support:back supports:backs ensure:guarantee ensures:guarantees happen:occur happens:occurs happened:occurred
  current:present possible:feasible likely:probably common:widespread rule:regulation rules:regulations
  always:at_all_times never:at_no_time now:at_present then:afterwards only:solely good:fine bad:poor
  house:home road:street man:fellow woman:lady old:aged great:grand began:commenced ask:inquire asked:inquired
  answer:reply answered:replied look:gaze looked:gazed understand:grasp understood:grasped add:include
  adds:includes added:included remove:delete removes:deletes removed:deleted value:amount values:amounts
  works:functions work:function define:specify defines:specifies defined:specified`
    .trim()
    .split(/\s+/)
    .map((pair) => pair.split(':').map((word) => word.replaceAll('_', ' '))),
);
const droppable = /\s*,?\b(?:very|quite|rather|really|simply|actually|just|already|indeed|of course|in fact)\b,?/giu;
const openers = ['Again, ', 'In other words, ', 'As was noted, ', 'Put differently, ', ''];

/**
 * The sentence in other words: clauses changed places, synonyms, a new opening, trifles left out. Undefined where that
 * leaves most of it as it was.
 */
export function reworded(text, random) {
  let body = text.replace(/\s*\([^()]*\)/gu, '').replace(/[.!?]$/u, '');
  body = body.replace(droppable, '');
  body = clausesSwapped(body);
  body = body.replace(/\p{L}+/gu, (word) => {
    const other = Object.hasOwn(synonyms, word.toLowerCase()) ? synonyms[word.toLowerCase()] : undefined;
    if (other === undefined) return word;
    return /^\p{Lu}/u.test(word) ? other.charAt(0).toUpperCase() + other.slice(1) : other;
  });
  body = body
    .replace(/\bdo not\b/gu, "don't")
    .replace(/\bcannot\b/gu, "can't")
    .replace(/\bis not\b/gu, "isn't");
  const opener = pick(openers, random);
  const again = `${opener}${opener === '' ? body : lowered(body)}.`;
  return sharedTrigrams(text, again) <= mostShared ? again : undefined;
}

/** Share of runs of three words that a rewording may keep. */
const mostShared = 0.7;

function clausesSwapped(text) {
  const trailing = /^(.{20,}?),? (because|when|if|although|while|since|so that|unless) (.{12,})$/u.exec(text);
  if (trailing && !trailing[1].includes(',')) {
    const [, main, word, clause] = trailing;
    return `${word.charAt(0).toUpperCase()}${word.slice(1)} ${clause}, ${lowered(main)}`;
  }
  const leading =
    /^((?:In|On|At|For|With|By|After|Before|When|If|Although|While|Because|Since|During) [^,]{3,60}), ([^,].*)$/u.exec(
      text,
    );
  if (leading) return `${leading[2].charAt(0).toUpperCase()}${leading[2].slice(1)} ${lowered(leading[1])}`;
  return text;
}

/** A sentence as a part of one: names and "I" keep their capitals as far as one can tell. */
function lowered(text) {
  return /^(?:The|A|An|This|These|That|Those|It|We|They|He|She|You|In|On|At|For|With|By|After|Before|When|If|Although|While|Because|Since|During|There|Some|Many|Most|Each|All|Our|Their|His|Her|Its|Your|To|As|Both|One)\b/u.test(
    text,
  )
    ? text.charAt(0).toLowerCase() + text.slice(1)
    : text;
}

function sharedTrigrams(a, b) {
  const grams = (text) => {
    const list = words(text);
    return list.slice(2).map((_, i) => list.slice(i, i + 3).join(' '));
  };
  const known = new Set(grams(a));
  const own = grams(b);
  return own.filter((gram) => known.has(gram)).length / Math.max(1, own.length);
}
