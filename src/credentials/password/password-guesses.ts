import { createRequire } from 'node:module';
import type { MatchExtended, ZxcvbnFactory } from '@zxcvbn-ts/core';

/**
 * The run time of zxcvbn grows faster than the square of the length (a third of a second at 256 characters),
 * so it only receives windows of this many UTF-16 units. No entry of its lists is longer than 20.
 */
const WINDOW = 24;
/**
 * The number of l33t substitutions to try. In texts this short, more of them find nothing more and take
 * longer.
 */
const L33T_READINGS = 10;

/**
 * A password that can be guessed with fewer attempts is refused. The default login limit of 10 attempts per
 * 15 minutes allows an attacker about this many in a month. zxcvbn calls anything under 10^6 "very
 * guessable". This limit is lower on purpose: it refuses passwords on attackers' lists without imposing
 * composition rules (SP 800-63B).
 */
const MIN_GUESSES = 30_000;

/**
 * A password that is entirely one of these patterns is refused regardless of the estimated number of guesses.
 */
const WEAK_PATTERNS: readonly string[] = ['dictionary', 'sequence', 'spatial', 'date'];
/** Shorter context words occur in unrelated passwords by chance. */
const CONTEXT_WORD_MIN_LENGTH = 4;

let estimator: ZxcvbnFactory | undefined;

/** Loaded for the first new password, because loading its lists at start would take a tenth of a second. */
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
 * Why the text is easy to guess: it is close to a common password (also in another case, in l33t, reversed or
 * repeated), or to one of the context words. `null` if it is not easy to guess.
 */
export function easyGuess(text: string, contextWords: readonly string[]): EasyGuess | null {
  const words = contextWords.filter(
    (word) => word.length >= CONTEXT_WORD_MIN_LENGTH && word.length <= WINDOW,
  );
  // The whole text is at least as hard to guess as each of its parts, so one strong part is enough.
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
  const isOnePattern = first !== undefined && rest.length === 0 && WEAK_PATTERNS.includes(first.pattern);
  if (!isOnePattern && guesses >= MIN_GUESSES) return null;
  return sequence.some(isContextWord) ? 'context' : 'common';
}

function isContextWord(match: MatchExtended): boolean {
  return match.pattern === 'dictionary' && 'dictionaryName' in match && match.dictionaryName === 'userInputs';
}
