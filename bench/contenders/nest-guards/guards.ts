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
/** As many as Latchkey remembers. */
const REMEMBERED = 20_000;

/** As Nest's documentation has it: passport, the key as PEM; with a store, the session is asked at every request. */
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

/** Without passport, and with a key that is parsed once; every signature is checked. */
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

/** As above, and a signature is checked once. */
export function rememberingGuard(): Type<CanActivate> {
  const known = new LRUCache<string, Claims>({ max: REMEMBERED });

  @Injectable()
  class RememberingGuard implements CanActivate {
    canActivate(context: ExecutionContext): boolean {
      const request = context.switchToHttp().getRequest<Request>();
      const token = tokenOf(request);
      let claims = known.get(token);
      if (!claims) {
        claims = verify(token);
        known.set(token, claims);
      }
      if (claims.exp * 1_000 <= Date.now()) throw new UnauthorizedException();
      request.user = claims;
      return true;
    }
  }
  return RememberingGuard;
}

// The types know text and buffers only; jsonwebtoken takes a KeyObject.
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
