import { createRequire } from 'node:module';
import type { MatchExtended, ZxcvbnFactory } from '@zxcvbn-ts/core';

/**
 * The time zxcvbn takes grows faster than the square of the length (a third of a second at 256 characters), so it sees
 * windows of this many UTF-16 units. No entry of its lists is longer than 20.
 */
const WINDOW = 24;
/** Readings of one text as l33t. More of them find nothing further in texts this short, and take longer. */
const L33T_READINGS = 10;

/**
 * Fewer guesses than this and the password is refused: about what the default login limit of 10 attempts in
 * 15 minutes leaves an attacker in a month. zxcvbn itself calls anything under 10^6 "very guessable"; this is kept
 * lower on purpose, to refuse what is on attackers' lists and not to nag (SP 800-63B: no composition rules).
 */
const MIN_GUESSES = 30_000;

/** Patterns that leave nothing to guess when they span the whole password, however many guesses they come to. */
const TELLING_PATTERNS: readonly string[] = ['dictionary', 'sequence', 'spatial', 'date'];
/** A shorter word of context is found in passwords that have nothing to do with it. */
const CONTEXT_WORD_MIN_LENGTH = 4;

let estimator: ZxcvbnFactory | undefined;

/** Loaded for the first password that is chosen: its lists take a tenth of a second that a start does not have. */
function loadEstimator(): ZxcvbnFactory {
  const require = createRequire(import.meta.url);
  const core = require('@zxcvbn-ts/core') as typeof import('@zxcvbn-ts/core');
  const lists = require('@zxcvbn-ts/language-common') as typeof import('@zxcvbn-ts/language-common');
  return new core.ZxcvbnFactory({
    dictionary: lists.dictionary,
    graphs: lists.adjacencyGraphs,
    maxLength: WINDOW,
    l33tMaxSubstitutions: L33T_READINGS,
  });
}

export type EasyGuess = 'common' | 'context';

/**
 * Why an attacker guesses the text early: it is, or is little more than, something that many people choose (also in
 * other case, l33t, reversed or repeated), or one of the words of its context. `null`: it is not guessed early.
 */
export function easyGuess(text: string, contextWords: readonly string[]): EasyGuess | null {
  const words = contextWords.filter(
    (word) => word.length >= CONTEXT_WORD_MIN_LENGTH && word.length <= WINDOW,
  );
  // A whole is not guessed sooner than any of its parts: one good window is enough.
  const parts = text.length <= WINDOW ? [text] : [text.slice(0, WINDOW), text.slice(-WINDOW)];
  let reason: EasyGuess | null = null;
  for (const part of parts) {
    reason = easyGuessOfPart(part, words);
    if (reason === null) return null;
  }
  return reason;
}

function easyGuessOfPart(part: string, words: string[]): EasyGuess | null {
  estimator ??= loadEstimator();
  const { guesses, sequence } = estimator.check(part, words);
  const [first, ...rest] = sequence;
  const isOnePattern = first !== undefined && rest.length === 0 && TELLING_PATTERNS.includes(first.pattern);
  if (!isOnePattern && guesses >= MIN_GUESSES) return null;
  return sequence.some(isContextWord) ? 'context' : 'common';
}

function isContextWord(match: MatchExtended): boolean {
  return match.pattern === 'dictionary' && 'dictionaryName' in match && match.dictionaryName === 'userInputs';
}
