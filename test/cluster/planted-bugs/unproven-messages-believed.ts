import { HmacAuthenticator } from '@latchkey/revocation/redis/hmac-authenticator';
import { replaceMethod } from './replace-method.js';

/** `1.`, a proof of 43 characters, and a dot. */
const TEXT_AT = 46;

/** What comes out of Redis is believed without its proof, so that an acknowledgement can be forged. */
replaceMethod(HmacAuthenticator, 'open', (_place: string, sealed: string) => sealed.slice(TEXT_AT));
