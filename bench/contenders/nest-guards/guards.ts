import {
  type CanActivate,
  type ExecutionContext,
  Injectable,
  type Type,
  UnauthorizedException,
} from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import { AuthGuard, PassportStrategy } from '@nestjs/passport';
import { LRUCache } from 'lru-cache';
import { ExtractJwt, Strategy } from 'passport-jwt';
import { type Claims, ISSUER } from './claims.js';
import { PUBLIC_KEY, PUBLIC_PEM } from './keys.js';
import type { SessionStore } from './session-stores.js';

interface Request {
  readonly headers: { readonly authorization?: string };
  user?: Claims;
}

const VERIFY = { algorithms: ['ES256' as const], issuer: ISSUER, audience: ISSUER };
/** The number of signature checks that Latchkey caches. */
const CACHED_TOKENS = 20_000;

/** As in Nest's documentation: passport, with the key as PEM. With `sessions`, every request looks up its session. */
export function stockGuard(sessions: SessionStore | null): Type<CanActivate> {
  class JwtStrategy extends PassportStrategy(Strategy) {
    constructor() {
      super({ jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(), secretOrKey: PUBLIC_PEM, ...VERIFY });
    }

    async validate(claims: Claims): Promise<Claims> {
      if (sessions && !(await sessions.isActive(claims.sid))) throw new UnauthorizedException();
      return claims;
    }
  }
  new JwtStrategy();
  return AuthGuard('jwt');
}

/** Without passport, and with a key that is parsed once. Verifies the signature of every request. */
export function keyObjectGuard(): Type<CanActivate> {
  @Injectable()
  class KeyObjectGuard implements CanActivate {
    canActivate(context: ExecutionContext): boolean {
      const request = context.switchToHttp().getRequest<Request>();
      request.user = verify(tokenOf(request));
      return true;
    }
  }
  return KeyObjectGuard;
}

/** Like `keyObjectGuard`, but verifies the signature of a token only once. */
export function cachingGuard(): Type<CanActivate> {
  const verified = new LRUCache<string, Claims>({ max: CACHED_TOKENS });

  @Injectable()
  class CachingGuard implements CanActivate {
    canActivate(context: ExecutionContext): boolean {
      const request = context.switchToHttp().getRequest<Request>();
      const token = tokenOf(request);
      let claims = verified.get(token);
      if (!claims) {
        claims = verify(token);
        verified.set(token, claims);
      }
      if (claims.exp * 1_000 <= Date.now()) throw new UnauthorizedException();
      request.user = claims;
      return true;
    }
  }
  return CachingGuard;
}

// The type allows only strings and buffers, but jsonwebtoken accepts a KeyObject.
const jwt = new JwtService({ publicKey: PUBLIC_KEY as unknown as string, verifyOptions: VERIFY });

function verify(token: string): Claims {
  try {
    return jwt.verify<Claims>(token);
  } catch {
    throw new UnauthorizedException();
  }
}

function tokenOf({ headers }: Request): string {
  const { authorization } = headers;
  if (!authorization?.startsWith('Bearer ')) throw new UnauthorizedException();
  return authorization.slice('Bearer '.length);
}
