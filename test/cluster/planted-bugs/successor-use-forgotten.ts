import { UsedGenerations } from '../../../src/sessions/check/used-generations.js';
import { replaceMethod } from './replace-method.js';

/** Breaks P5: an access token is used without a record, so a thief's use of the successor goes unnoticed. */
replaceMethod(UsedGenerations, 'note', () => {});
