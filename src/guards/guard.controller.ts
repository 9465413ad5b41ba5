import { GUARD_SUBPROTOCOL } from '@latchkey/revocation/guard-connection/messages';
import { Controller, Get } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { AppError } from '../errors/app-error.js';
import { Public } from '../http/routes/route-decorators.js';

/** Answers a guard whose request arrives without its `Upgrade` header, which some proxies remove. */
@Controller('guard')
@ApiExcludeController()
@Public()
export class GuardController {
  @Get()
  refuse(): never {
    throw new AppError('upgrade_required', {
      detail: `This path accepts only WebSockets with the subprotocol ${GUARD_SUBPROTOCOL}.`,
    });
  }
}
