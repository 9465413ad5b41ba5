import { Controller, Get, Headers, HttpStatus, Param, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { AppError } from '../../errors/app-error.js';
import { Public } from '../../http/routes/route-decorators.js';
import { type PageFile, PageFiles } from './page-files.js';
import { ASSET_HEADERS, PAGE_HEADERS } from './page-headers.js';

/** Where `/.well-known/change-password` leads. */
export const CHANGE_PASSWORD = 'change-password';
/** Link targets in emails (`mail/templates/mail-templates.ts`). Opening one changes nothing: the page sends a `POST`. */
const LINKED = ['confirm-email', 'reject-registration', 'forgot-password', 'reset-password', 'disown'];

/** A page, perhaps with a slash at the end, and perhaps with its fragment, which may have been encoded twice. */
const OTHER_SPELLING = new RegExp(
  `^(?<page>${LINKED.join('|')}|)/*(?:(?:#|%23)token(?:=|%3D)(?<token>[\\w-]+))?$`,
  'i',
);

/** The page where users manage their devices. It contains no user data: it reads everything from the API. */
@Controller('account')
@ApiExcludeController()
@Public()
export class PageController {
  constructor(private readonly files: PageFiles) {}

  @Get(['', CHANGE_PASSWORD, ...LINKED])
  page(@Res() reply: FastifyReply): void {
    send(reply, this.files.requirePage(), PAGE_HEADERS);
  }

  /**
   * Microsoft Safe Links and some mail programs write the `#` of a link as `%23`, which makes it part of the path. People
   * and proxies add a slash at the end.
   */
  @Get('*')
  correctLink(
    @Param('*') path: string,
    @Headers('accept') accept: string | undefined,
    @Res() reply: FastifyReply,
  ): void {
    const { page, token } = OTHER_SPELLING.exec(path)?.groups ?? {};
    if (page === undefined) {
      // The page itself says that there is nothing at this address.
      if (!accept?.includes('text/html')) throw new AppError('not_found');
      send(reply.status(HttpStatus.NOT_FOUND), this.files.requirePage(), PAGE_HEADERS);
      return;
    }
    const target = page === '' ? '/account' : `/account/${page.toLowerCase()}`;
    void reply.redirect(token ? `${target}#token=${token}` : target, HttpStatus.SEE_OTHER);
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
