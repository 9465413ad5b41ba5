import type { Authenticator } from '@latchkey/revocation/redis/authenticator';
import { HmacAuthenticator } from '@latchkey/revocation/redis/hmac-authenticator';

/**
 * Seals what this service keeps in Redis or sends through it. Others may be able to write there, but not to make a text
 * that opens. Each purpose has its own key (ADR 27).
 */
export class RedisAuthenticators {
  readonly sessionCache: Authenticator;
  readonly instances: Authenticator;
  readonly accountChanges: Authenticator;
  readonly loginAttempts: Authenticator;

  /** @param secret the server secret */
  constructor(secret: Buffer) {
    const forPurpose = (purpose: string) => new HmacAuthenticator([secret], `latchkey redis: ${purpose}`);
    this.sessionCache = forPurpose('session cache');
    this.instances = forPurpose('instances');
    this.accountChanges = forPurpose('account changes');
    this.loginAttempts = forPurpose('login attempts');
  }
}
