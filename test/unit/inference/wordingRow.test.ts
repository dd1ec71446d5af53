/** One wording as it grows: what the row takes from the decoder's best tokens, and what it refuses. */
import { describe, expect, test } from 'vitest';
import type { NextTokens } from '../../../server/src/inference/decoderModel.ts';
import { Openings } from '../../../server/src/inference/openings.ts';
import { TokenRuns } from '../../../server/src/inference/tokenRuns.ts';
import { forbidden, spells, WordingRow } from '../../../server/src/inference/wordingRow.ts';
import { bytesOfText, endToken, smallByteTokenizer } from '../../support/byteVocabulary.ts';

const tokenizer = smallByteTokenizer();
const idOf = (piece: string) => {
  const id = piece === '<end>' ? endToken : tokenizer.idOf(bytesOfText(piece));
  if (id === undefined) throw new Error(`no token ${piece}`);
  return id;
};

/** Candidates by piece: logit, or logit and the lexical part of it. */
function candidates(logits: Record<string, number | [number, number]>): NextTokens {
  const entries = Object.entries(logits);
  return {
    ids: entries.map(([piece]) => idOf(piece)),
    logits: Float32Array.from(entries, ([, value]) => (Array.isArray(value) ? value[0] : value)),
    lexical: Float32Array.from(entries, ([, value]) => (Array.isArray(value) ? value[1] : 0)),
    logSumExp: 10,
  };
}
function row(typed: readonly string[] = [], typedPiece = ' ') {
  return new WordingRow(tokenizer, endToken, typed.map(idOf), bytesOfText(typedPiece));
}
/** The row after these choices, each the only candidate. */
function grown(pieces: readonly string[], typed: readonly string[] = [], typedPiece = ' '): WordingRow {
  const grows = row(typed, typedPiece);
  for (const piece of pieces) grows.advance(candidates({ [piece]: 5 }));
  return grows;
}

describe('choosing', () => {
  test('takes the best token', () => {
    const grows = row();
    grows.advance(candidates({ ' the': 3, ' cat': 4, ' sat': 2 }));
    expect(grows.wording().text).toBe('cat');
    expect(grows.lastToken).toBe(idOf(' cat'));
    expect(grows.generated).toBe(1);
  });

  test('passes over what is forbidden, however few are left', () => {
    const grows = row();
    grows.advance(candidates({ ' the': forbidden + 9, ' sat': -30 }));
    expect(grows.wording().text).toBe('sat');
  });

  test('a used token loses its lexical bonus, and only that', () => {
    const grows = grown([' cat']);
    grows.advance(candidates({ ' cat': [9, 4], ' sat': [6, 6] }));
    expect(grows.wording().text).toBe('cat sat');
    grows.advance(candidates({ ' cat': [9, -4], ' the': 8 }));
    expect(grows.wording().text).toBe('cat sat cat');
  });

  test('typed tokens are used ones', () => {
    const grows = row([' cat'], ' ');
    grows.advance(candidates({ ' cat': [9, 4], ' sat': 6 }));
    expect(grows.wording().text).toBe('sat');
  });

  test('no run of three tokens comes twice, those of the typed part counted', () => {
    const grows = grown([' the', ' cat', ' sat', ' the', ' cat']);
    grows.advance(candidates({ ' sat': 9, ' a': 1 }));
    expect(grows.wording().text).toBe('the cat sat the cat a');
    const typed = row([' the', ' cat', ' sat', ' the', ' cat'], ' ');
    typed.advance(candidates({ ' sat': 9, ' a': 1 }));
    expect(typed.wording().text).toBe('a');
  });

  test('where nothing is allowed the sentence ends', () => {
    const grows = grown([' the', ' cat', ' sat', ' the', ' cat']);
    grows.advance(candidates({ ' sat': 9 }));
    expect(grows.wording()).toMatchObject({ text: 'the cat sat the cat', complete: true });
  });

  test('the end token ends it and leaves no text', () => {
    const grows = grown([' the', '<end>']);
    expect(grows.complete).toBe(true);
    expect(grows.wording()).toMatchObject({ text: 'the', complete: true });
  });
});

describe('continuing what is typed', () => {
  test.each([
    ['a sentence’s start', ' ', [' the'], 'the'],
    ['a whole word, continued by a new one', ' cat', [' cat', ' sat'], ' sat'],
    ['half a word, as one token', ' c', [' cat'], 'at'],
    ['half a word, byte by byte', ' c', [' ', 'cat'], 'at'],
    ['half a character', '\u00c3', [], ''],
    ['behind a typed space', ' ', [' sat'], 'sat'],
  ])('%s', (_, typedPiece, pieces, text) => {
    const grows = new WordingRow(tokenizer, endToken, [], typedPiece);
    for (const piece of pieces) grows.advance(candidates({ [piece]: 5, '<end>': 1, ' a': 0 }));
    expect(grows.wording().text).toBe(text);
  });

  test('the best token that spells it wins, not the best', () => {
    const grows = row([], ' c');
    expect(grows.remaining).toBe(' c');
    grows.advance(candidates({ ' sat': 9, '<end>': 8, ' cat': 2, ' ca': 3 }));
    expect(grows.remaining).toBe('');
    expect(grows.wording().text).toBe('a');
  });

  test('where no candidate spells it, it is spelled out, and then goes on', () => {
    const grows = row([], ' catq');
    grows.advance(candidates({ ' sat': 9 }));
    expect(grows.remaining).toBe('q');
    grows.advance(candidates({ ' sat': 9 }));
    expect(grows.remaining).toBe('');
    grows.advance(candidates({ ' sat': 9 }));
    expect(grows.wording().text).toBe(' sat');
  });

  test('the end does not come before it is spelled', () => {
    const grows = row([], ' cat');
    grows.advance(candidates({ '<end>': 9, ' ca': 1 }));
    grows.advance(candidates({ '<end>': 9 }));
    expect(grows.complete).toBe(false);
    expect(grows.remaining).toBe('');
    grows.advance(candidates({ '<end>': 9 }));
    expect(grows.wording()).toMatchObject({ text: '', complete: true });
  });

  test.each([
    [' cat', ' c', true],
    [' c', ' cat', true],
    ['cat', ' cat', false],
    [' sat', ' cat', false],
    ['', 'x', false],
    [undefined, 'x', false],
    ['x', '', true],
  ])('%j spells %j: %j', (piece, remaining, expected) => {
    expect(spells(piece, remaining)).toBe(expected);
  });
});

describe('an idea', () => {
  const idea = (said: readonly string[] = [], typed: readonly string[] = [], typedPiece = ' ') =>
    new WordingRow(tokenizer, endToken, typed.map(idOf), bytesOfText(typedPiece), {
      openings: new Openings([]),
      said: new TokenRuns(said.map(idOf)),
    });
  /** Each piece comes if it may; else what comes is ' a'. */
  const led = (grows: WordingRow, pieces: readonly string[]) => {
    for (const piece of pieces) grows.advance(candidates({ [piece]: 5, ' a': 1 }));
    return grows.wording();
  };

  test.each([
    ['does not stutter', [' cat', ' cat'], 'cat a'],
    ['nor across tokens that are parts of words', [' cat', ' c', 'at'], 'cat ca a'],
    ['says a word twice at most', [' cat', ' sat', ' the', ' cat', ' sat', ' on', ' cat'], 'cat sat the cat sat on a'],
    ['says light words as often as it likes', [' the', ' cat', ' the', ' the', ' the'], 'the cat the the the'],
  ])('%s', (_, pieces, text) => {
    const spelled = pieces.flatMap((piece) => (tokenizer.idOf(piece) === undefined ? [...piece] : [piece]));
    expect(led(idea(), spelled).text).toBe(text);
    expect(grown(spelled).wording().text).toBe(pieces.join('').trimStart());
  });

  test('goes on where what is typed has such a fault', () => {
    expect(led(idea([], [' cat', ' cat']), [' sat', ' the']).text).toBe('sat the');
  });

  test('closes the quotation that it would end in', () => {
    const grows = idea();
    for (const piece of [' ', '"', 'the', ' cat', '<end>']) grows.advance(candidates({ [piece]: 5 }));
    expect(grows.wording()).toMatchObject({ text: '"the cat"', complete: false });
    grows.advance(candidates({ '<end>': 5 }));
    expect(grows.complete).toBe(true);
  });

  test('ends where no token closes it', () => {
    const grows = idea();
    for (const byte of bytesOfText(' “')) {
      const id = tokenizer.idOf(byte) as number;
      grows.advance({ ids: [id], logits: Float32Array.of(5), lexical: Float32Array.of(0), logSumExp: 10 });
    }
    for (const piece of ['the', ' cat', '<end>']) grows.advance(candidates({ [piece]: 5 }));
    expect(grows.wording()).toMatchObject({ text: '“the cat', complete: true });
  });

  test('the mark counts with its own probability where the decoder names it', () => {
    const grows = idea();
    for (const piece of [' ', '"', 'the', ' cat']) grows.advance(candidates({ [piece]: 10 }));
    grows.advance(candidates({ '<end>': 10, '"': 6 }));
    expect(grows.wording()).toMatchObject({ text: '"the cat"', logProbability: (6 - 10) / 5 });
  });

  test('copies no run of words of the text before it, and ends a copy with a word', () => {
    const said = [' the', ' cat', ' sat', ' a', ' c', 'a', ' the', ' cat'];
    expect(led(idea(said), said.slice(0, 5)).text).toBe('the cat sat a c');
    expect(led(idea(said), said).text).toBe('the cat sat a ca a cat');
    expect(led(idea(), said).text).toBe('the cat sat a ca the cat');
  });
});

describe('the wording', () => {
  test('carries the mean log-probability of its tokens, never above 0', () => {
    const grows = row();
    grows.advance(candidates({ ' the': 8 }));
    grows.advance(candidates({ ' cat': 6 }));
    expect(grows.wording().logProbability).toBeCloseTo((8 - 10 + (6 - 10)) / 2);
    const sure = row();
    sure.advance(candidates({ ' the': 11 }));
    expect(sure.wording().logProbability).toBe(0);
  });

  test('without a token is empty', () => {
    expect(row().wording()).toEqual({ text: '', logProbability: 0, complete: false });
    expect(row().lastToken).toBe(endToken);
  });

  test('leaves out a character that was cut in the middle', () => {
    const grows = row();
    for (const piece of [' the', ' ']) grows.advance(candidates({ [piece]: 5 }));
    const bytes = bytesOfText('😀');
    for (const byte of bytes.slice(0, 2)) {
      const id = tokenizer.idOf(byte) as number;
      grows.advance({ ids: [id], logits: Float32Array.of(5), lexical: Float32Array.of(0), logSumExp: 10 });
    }
    expect(grows.wording()).toMatchObject({ text: 'the ', complete: false });
  });

  test('of bytes over several tokens is whole', () => {
    const grows = row();
    for (const byte of bytesOfText(' 😀é')) {
      const id = tokenizer.idOf(byte) as number;
      grows.advance({ ids: [id], logits: Float32Array.of(5), lexical: Float32Array.of(0), logSumExp: 10 });
    }
    expect(grows.wording().text).toBe('😀é');
  });
});
