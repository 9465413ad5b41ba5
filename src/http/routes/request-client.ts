import type { FastifyRequest } from 'fastify';
import { cutText } from '../validation/cut-text.js';
import { USER_AGENT_MAX_LENGTH } from './client-info.js';

/** A proxy that is trusted may still pass on anything; the longest address has 45 characters, and may have a zone. */
const ADDRESS_MAX_LENGTH = 64;

/** Who makes a request, as its session is judged by. */
export interface RequestClient {
  /** As the trusted hop has it, well-formed or not. */
  readonly address: string;
  readonly userAgent: string;
  /** Whether a person uses the session, which keeps it from being idle and is what it becomes known for. */
  readonly isUse: boolean;
}

export function requestClient(request: Pick<FastifyRequest, 'isPassive' | 'ip' | 'headers'>): RequestClient {
  return {
    address: cutText(request.ip, ADDRESS_MAX_LENGTH),
    userAgent: cutText(request.headers['user-agent'] ?? '', USER_AGENT_MAX_LENGTH),
    isUse: !request.isPassive,
  };
}
