import { Controller, Get, HttpStatus, Param, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { AppError } from '../../errors/app-error.js';
import { Public } from '../../http/routes/route-decorators.js';
import { type PageFile, PageFiles } from './page-files.js';
import { ASSET_HEADERS, PAGE_HEADERS } from './page-headers.js';

/** Link targets in emails (`mail/templates/mail-templates.ts`). Opening one changes nothing: the page sends a `POST`. */
const LINKED = ['confirm-email', 'reject-registration', 'forgot-password', 'reset-password', 'disown'];
const WITH_FRAGMENT = new RegExp(`^(?:${LINKED.join('|')})#token=[\\w-]+$`);

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

  /** Microsoft Safe Links and some mail programs write the `#` of a link as `%23`, which makes it part of the path. */
  @Get(':link')
  restoreFragment(@Param('link') link: string, @Res() reply: FastifyReply): void {
    if (!WITH_FRAGMENT.test(link)) throw new AppError('not_found');
    void reply.redirect(`/account/${link}`, HttpStatus.SEE_OTHER);
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
