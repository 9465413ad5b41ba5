import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional } from 'class-validator';
import { EMAIL, NEW_PASSWORD } from '../auth/auth.dto.js';
import { IsEmailAddress, IsOpaqueToken, IsPassword } from '../http/validation/validators.js';
import type { RejectedSignIn } from './sign-in-rejection.js';

const LINK_TOKEN = 'lkm_AaIeO80HcGmZrCAsAA5S';

export class LinkDto {
  @ApiProperty({ description: 'Token from the link in the email.', example: LINK_TOKEN })
  @IsOpaqueToken()
  token!: string;
}

export class ConfirmEmailDto extends LinkDto {
  @ApiPropertyOptional({
    type: String,
    nullable: true,
    format: 'password',
    description: 'Password of the account; not needed with a session of the account.',
    example: 'correct horse battery',
  })
  @IsOptional()
  @IsPassword()
  password?: string | null;
}

export class ForgotPasswordDto {
  @ApiProperty({ description: EMAIL, maxLength: 254, example: 'ada@example.org' })
  @IsEmailAddress()
  email!: string;
}

export class ResetPasswordDto extends LinkDto {
  @ApiProperty({ ...NEW_PASSWORD, example: 'a lonely wizard hums' })
  @IsPassword()
  new_password!: string;
}

export class LinkAccountDto {
  @ApiProperty({ description: EMAIL, example: 'ada@example.org' })
  email!: string;
}

export class ChangePasswordDto {
  @ApiProperty({ format: 'password', example: 'correct horse battery' })
  @IsPassword()
  current_password!: string;

  @ApiProperty({ ...NEW_PASSWORD, example: 'a lonely wizard hums' })
  @IsPassword()
  new_password!: string;
}

export class DisownedDto {
  @ApiProperty({
    description: 'Send it to `/auth/password/reset` with a new password.',
    example: LINK_TOKEN,
  })
  reset_token!: string;

  @ApiProperty({ description: 'Lifetime of the reset token in seconds.', example: 1800 })
  expires_in!: number;

  static of({ resetToken, resetExpiresInSeconds }: RejectedSignIn): DisownedDto {
    return { reset_token: resetToken, expires_in: resetExpiresInSeconds };
  }
}
