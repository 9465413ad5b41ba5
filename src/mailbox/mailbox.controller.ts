import { Controller, Get, Res, UseGuards } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Config } from '../config/config.js';
import { AppError } from '../errors/app-error.js';
import { Public } from '../http/routes/route-decorators.js';
import { UuidParam } from '../http/routes/uuid-param.js';
import { outboxDirectory, WrittenMails } from '../mail/written-mails.js';
import { framedPart, listPage, mailPage } from './mailbox-page.js';
import { SameMachineGuard } from './same-machine.guard.js';

const PAGE_CSP =
  "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** The part runs no script and loads nothing, even if it is opened without its frame. */
const PART_CSP =
  "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; frame-ancestors 'self'";

/** The mailbox of development: shows the mails that would have been sent. */
@Controller('dev/mails')
@ApiExcludeController()
@Public()
@UseGuards(SameMachineGuard)
export class MailboxController {
  private readonly mails: WrittenMails;

  constructor(config: Config) {
    this.mails = new WrittenMails(outboxDirectory(config));
  }

  @Get()
  async list(@Res() reply: FastifyReply): Promise<void> {
    send(reply, listPage(await this.mails.list()), PAGE_CSP);
  }

  @Get(':id')
  async mail(@UuidParam() id: string, @Res() reply: FastifyReply): Promise<void> {
    send(reply, mailPage(found(await this.mails.find(id))), PAGE_CSP);
  }

  @Get(':id/html')
  async html(@UuidParam() id: string, @Res() reply: FastifyReply): Promise<void> {
    reply.header('x-frame-options', 'SAMEORIGIN');
    send(reply, framedPart(found(await this.mails.findHtml(id))), PART_CSP);
  }
}

function found<T>(value: T | null): T {
  if (value === null) throw new AppError('not_found');
  return value;
}

function send(reply: FastifyReply, html: string, csp: string): void {
  void reply
    .headers({ 'content-security-policy': csp, 'content-type': 'text/html; charset=utf-8' })
    .send(html);
}
