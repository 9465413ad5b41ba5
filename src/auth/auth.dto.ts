import { ApiProperty, ApiPropertyOptional, OmitType, PickType } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsIn, IsOptional } from 'class-validator';
import { PASSWORD_MAX_CHARACTERS, PASSWORD_MIN_CHARACTERS } from '../credentials/password/password-rules.js';
import { DEVICE_NAME_LENGTH, DeviceDto } from '../devices/devices.dto.js';
import { shownEmail } from '../email-addresses/address-text.js';
import { asLabel } from '../http/validation/untrusted-text.js';
import {
  IsEmailAddress,
  IsLabel,
  IsOpaqueToken,
  IsPassword,
  IsTextOrTexts,
} from '../http/validation/validators.js';
import { LANGUAGE_TAGS, type LanguageTag } from '../languages/languages.js';
import { isoTime } from '../logging/iso-time.js';
import type { CheckedPrincipal } from '../sessions/check/session-check.js';
import { type SessionLimits, sessionExpiry } from '../sessions/session-state.js';
import type { User } from '../users/user.entity.js';

/** Not `format: email`, which excludes internationalised addresses (RFC 6531). */
/** The schema of a password that a user chooses. */
export const NEW_PASSWORD = {
  format: 'password',
  minLength: PASSWORD_MIN_CHARACTERS,
  maxLength: PASSWORD_MAX_CHARACTERS,
};
export const EMAIL =
  'An email address. An internationalised domain may be written in Unicode or in ASCII (`xn--`).';

const ACCESS_TOKEN = 'eyJhbGciOiJFZERTQSIsInR5cCI6ImF0K2p3dCJ9.eyJzdWIiOiIwMTlhIn0.c2lnbmF0dXJl';
export const REFRESH_TOKEN = 'lkr_AZql5n0c3lrJ0Nn2s-Gy1w';
const DEVICE_TOKEN = 'Yk3vS0pTqX9mW2bE';

const TOKEN_DELIVERIES = ['body', 'cookie'] as const;

/** One or several. OpenAPI 3.0 allows `nullable` only beside a type. */
const RESOURCE_SCHEMAS = [
  { type: 'string', format: 'uri', nullable: true },
  { type: 'array', items: { type: 'string', format: 'uri' }, minItems: 1 },
];

export class RegisterDto {
  @ApiProperty({ description: EMAIL, maxLength: 254, example: 'ada@example.org' })
  @IsEmailAddress()
  email!: string;

  @ApiProperty({ ...NEW_PASSWORD, example: 'correct horse battery' })
  @IsPassword()
  password!: string;
}

export class LoginDto {
  @ApiProperty({ description: EMAIL, example: 'ada@example.org' })
  @IsEmailAddress()
  email!: string;

  @ApiProperty({ format: 'password', example: 'correct horse battery' })
  @IsPassword()
  password!: string;

  @ApiPropertyOptional({
    nullable: true,
    description: 'The device token from an earlier login on this device.',
    example: DEVICE_TOKEN,
  })
  @Transform(({ value }) => (value === '' ? undefined : value))
  @IsOptional()
  @IsOpaqueToken()
  device_token?: string;

  // A label is never a reason to refuse a login.
  @ApiPropertyOptional({
    nullable: true,
    description: `What the user calls the device; cut to ${DEVICE_NAME_LENGTH.max} characters, ignored if nothing of it can be seen.`,
    example: 'Work laptop',
  })
  @Transform(({ value }) =>
    typeof value === 'string' ? asLabel(value, DEVICE_NAME_LENGTH.max) || undefined : value,
  )
  @IsOptional()
  @IsLabel(DEVICE_NAME_LENGTH)
  device_name?: string;

  @ApiPropertyOptional({
    enum: [...TOKEN_DELIVERIES, null],
    nullable: true,
    default: 'body',
    description: 'Where to return the tokens: in the body, or in cookies that scripts cannot read.',
  })
  @IsOptional()
  @IsIn(TOKEN_DELIVERIES)
  token_delivery?: (typeof TOKEN_DELIVERIES)[number];

  @ApiPropertyOptional({
    oneOf: RESOURCE_SCHEMAS,
    description:
      'The resource servers that the access tokens of this session are for (RFC 8707); by default all that are configured. Not for cookies.',
    example: 'https://api.example.com',
  })
  @IsOptional()
  @IsTextOrTexts()
  resource?: string | string[];
}

export class RefreshDto {
  @ApiPropertyOptional({
    nullable: true,
    description: 'Omit it to use the refresh cookie; the new tokens are then set as cookies as well.',
    example: REFRESH_TOKEN,
  })
  @IsOptional()
  @IsOpaqueToken()
  refresh_token?: string;

  @ApiPropertyOptional({
    oneOf: RESOURCE_SCHEMAS,
    description:
      'Narrows the new access token to some of the resource servers that the login asked for (RFC 8707). Not for cookies.',
    example: 'https://api.example.com',
  })
  @IsOptional()
  @IsTextOrTexts()
  resource?: string | string[];
}

export class LogoutDto {
  @ApiPropertyOptional({
    nullable: true,
    description: 'Revokes the session of this token. No access token is needed.',
    example: REFRESH_TOKEN,
  })
  refresh_token?: string;
}

export class ChangeMeDto {
  @ApiProperty({ enum: LANGUAGE_TAGS, description: 'The language of mails to this user.', example: 'de' })
  @IsIn(LANGUAGE_TAGS)
  language!: LanguageTag;
}

/** The body for a browser whose tokens are in cookies. */
export class CookieSessionDto {
  @ApiProperty({ description: 'Lifetime of the access token in seconds.', example: 900 })
  expires_in!: number;

  @ApiProperty({ format: 'uuid' })
  session_id!: string;

  @ApiProperty({ format: 'uuid' })
  device_id!: string;

  @ApiProperty({ format: 'date-time', description: 'When the session expires if it is not used again.' })
  session_expires_at!: string;

  @ApiProperty({ format: 'date-time', description: 'When the session expires however often it is used.' })
  session_absolute_expires_at!: string;
}

/** RFC 6749 §5.1. */
export class TokensDto extends CookieSessionDto {
  @ApiProperty({ description: 'Send it as `Authorization: Bearer <token>`.', example: ACCESS_TOKEN })
  access_token!: string;

  @ApiProperty({ description: 'Single use: exchange it at `POST /auth/refresh`.', example: REFRESH_TOKEN })
  refresh_token!: string;

  @ApiProperty({ enum: ['Bearer'] })
  token_type!: 'Bearer';
}

export class LoginAnswerDto extends TokensDto {
  @ApiProperty({
    description: 'Store it on the device and send it with the next login.',
    example: DEVICE_TOKEN,
  })
  device_token!: string;
}

export class UserDto {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty({ example: 'ada@example.org', description: 'With an internationalised domain in Unicode.' })
  email!: string;

  @ApiProperty({ description: 'Whether the user has confirmed the address by email.' })
  email_verified!: boolean;

  @ApiProperty({ type: [String] })
  roles!: string[];

  @ApiProperty({ format: 'date-time' })
  created_at!: string;

  static of(user: User): UserDto {
    return {
      id: user.id,
      email: shownEmail(user.email),
      email_verified: user.emailConfirmedAt !== null,
      roles: user.roles,
      created_at: user.createdAt.toISOString(),
    };
  }
}

class MeUserDto extends OmitType(UserDto, ['created_at']) {}

class MeSessionDto {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty({ format: 'date-time' })
  created_at!: string;

  @ApiProperty({ format: 'date-time', description: 'When the user last authenticated.' })
  authenticated_at!: string;

  @ApiProperty({ format: 'date-time' })
  last_seen_at!: string;

  @ApiProperty({ format: 'date-time', description: 'When the session expires if it is not used again.' })
  expires_at!: string;

  @ApiProperty({ format: 'date-time', description: 'When the session expires however often it is used.' })
  absolute_expires_at!: string;
}

class MeDeviceDto extends PickType(DeviceDto, ['id', 'name', 'kind', 'browser', 'system']) {}

export class MeDto {
  @ApiProperty()
  user!: MeUserDto;

  @ApiProperty()
  session!: MeSessionDto;

  @ApiProperty({
    description: 'A changed name appears at once, or in rare cases after a few minutes.',
  })
  device!: MeDeviceDto;

  static of({ userId, roles, authenticatedAt, session }: CheckedPrincipal, limits: SessionLimits): MeDto {
    const { sessionId, deviceId, createdAt, profile } = session.snapshot;
    const lastSeenAt = Math.max(session.snapshot.lastSeenAt, session.use.grantedAt);
    const { expiresAt, absoluteExpiresAt } = sessionExpiry({ createdAt, lastSeenAt }, limits);
    return {
      user: {
        id: userId,
        email: shownEmail(profile.email),
        email_verified: profile.emailVerified,
        roles: [...roles],
      },
      session: {
        id: sessionId,
        created_at: isoTime(createdAt),
        authenticated_at: isoTime(authenticatedAt),
        last_seen_at: isoTime(lastSeenAt),
        expires_at: isoTime(expiresAt),
        absolute_expires_at: isoTime(absoluteExpiresAt),
      },
      device: {
        id: deviceId,
        name: profile.deviceName,
        kind: profile.deviceKind,
        browser: profile.browser,
        system: profile.system,
      },
    };
  }
}
