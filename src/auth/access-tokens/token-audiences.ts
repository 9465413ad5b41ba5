import { Injectable } from '@nestjs/common';
import { Config } from '../../config/config.js';
import { AppError } from '../../errors/app-error.js';

/** Decides whom an access token is for: which of the configured audiences. */
@Injectable()
export class TokenAudiences {
  readonly #configured: readonly string[];

  constructor({ accessToken }: Config) {
    this.#configured = accessToken.audiences;
  }

  /**
   * Reads the parameter `resource` (RFC 8707 §2).
   *
   * @returns `null` if nothing was asked for
   * @throws {AppError} invalid_target if a resource is not one of the configured audiences
   */
  requested(resource: string | readonly string[] | null | undefined): readonly string[] | null {
    if (resource === null || resource === undefined) return null;
    const resources = [...new Set([resource].flat())];
    if (resources.length === 0) throw invalidTarget('The list of resources is empty.');
    if (!resources.every(isResource)) {
      throw invalidTarget('A resource must be an absolute URI without a fragment.');
    }
    if (!resources.every((one) => this.#configured.includes(one))) {
      throw invalidTarget('This service issues no tokens for the resource.');
    }
    return resources;
  }

  /**
   * The audience of a new token.
   *
   * @param ofSession what was asked for at login; `null`: every configured audience
   * @param requested what is asked for now; `null`: nothing
   * @throws {AppError} invalid_target if more is asked for than at login (RFC 8707 §2.2), or if nothing of what was asked
   *   for at login is configured any longer
   */
  narrow(ofSession: readonly string[] | null, requested: readonly string[] | null): readonly string[] {
    const granted = this.#configured.filter((one) => ofSession === null || ofSession.includes(one));
    if (granted.length === 0)
      throw invalidTarget('The resources of this session no longer exist. Log in again.');
    if (requested === null) return granted;
    if (!requested.every((one) => granted.includes(one))) {
      throw invalidTarget('The session was opened for other resources.');
    }
    return requested;
  }
}

function isResource(text: string): boolean {
  return URL.canParse(text) && !text.includes('#');
}

function invalidTarget(detail: string): AppError {
  return new AppError('invalid_target', { detail });
}
