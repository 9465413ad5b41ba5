import { Controller, Get, Param, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Public } from '../../http/routes/route-decorators.js';
import { type PageFile, PageFiles } from './page-files.js';
import { ASSET_HEADERS, PAGE_HEADERS } from './page-headers.js';

/** Link targets in emails (`mail/templates/mail-templates.ts`). Opening one changes nothing: the page sends a `POST`. */
const LINKED = ['confirm-email', 'forgot-password', 'reset-password', 'disown'];

/** The page where users manage their devices. It contains no user data: it reads everything from the API. */
@Controller('account')
@ApiExcludeController()
@Public()
export class PageController {
  constructor(private readonly files: PageFiles) {}

  @Get(['', ...LINKED])
  page(@Res() reply: FastifyReply): void {
    send(reply, this.files.requirePage(), PAGE_HEADERS);
  }

  @Get('assets/:name')
  asset(@Param('name') name: string, @Res() reply: FastifyReply): void {
    send(reply, this.files.requireAsset(name), ASSET_HEADERS);
  }
}

function send(
  reply: FastifyReply,
  { type, bytes }: PageFile,
  headers: Readonly<Record<string, string>>,
): void {
  void reply.headers({ ...headers, 'content-type': type }).send(bytes);
}
