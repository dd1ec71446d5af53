import { describe, expect, test } from 'vitest';
import { closingMark, lastingFault, sentenceFault } from '../../../server/src/base/sentenceFault.ts';

describe('a sentence that is not worth showing', () => {
  test.each([
    ['Water is water.', 'empty talk'],
    ['They have a garden.', 'empty talk'],
    ['It is what it is.', 'empty talk'],
    ['We have a big, big garden.', 'stutter'],
    ['We give up the farm and the trees and all the trees behind the trees.', 'in circles'],
    ['The garden feeds the gardener, and the gardener the bees.', undefined],
    ['"What are we having for dinner?', 'open quotation'],
    ['“Come in, said the baker.', 'open quotation'],
    ['It is a warm day.', undefined],
    ['He knew that that bridge was old.', undefined],
    ['The garden has 12 beds.', undefined],
    ['"Come in," said the baker.', undefined],
    ['“Come in,” said the baker.', undefined],
  ])('%s', (sentence, expected) => {
    expect(sentenceFault(sentence)).toBe(expected);
  });
});

describe('a fault that lasts', () => {
  test.each([
    ['We have a big, big', 'stutter'],
    ['The trees and the trees and the trees', 'in circles'],
    ['Water is', undefined],
    ['"What are we', undefined],
    ['Come in."', 'open quotation'],
    ['Come in.”', 'open quotation'],
    ['("Come in."', undefined],
    ['He said, "', undefined],
    ['', undefined],
  ])('of %j so far: %s', (text, expected) => {
    expect(lastingFault(text)).toBe(expected);
  });
});

describe('what closes the quotation', () => {
  test.each([
    ['He said, "come', '"'],
    ['"Come in.', '"'],
    ['He read ("come', '"'],
    ['“Come in.', '”'],
    ['"Come in," he said', undefined],
    ['“Come in,” he said', undefined],
    ['Come in."', undefined],
    ['A board of 12" or so', undefined],
    ['Nothing is said', undefined],
  ])('of %j: %s', (text, expected) => {
    expect(closingMark(text)).toBe(expected);
  });
});
