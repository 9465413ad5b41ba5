import { UseReports } from '@latchkey/revocation/guard-connection/use-reports';
import { replaceMethod } from './replace-method.js';

/** Breaks P5 at guards: a thief's use of the successor goes unnoticed. */
replaceMethod(UseReports, 'note', () => {});
