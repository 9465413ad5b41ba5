import { Controller, Get, HttpStatus, Param, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import Negotiator from 'negotiator';
import { AppError } from '../../errors/app-error.js';
import { requestLanguage } from '../../http/routes/request-language.js';
import { Public } from '../../http/routes/route-decorators.js';
import { DEFAULT_LANGUAGE } from '../../languages/languages.js';
import { CODINGS, type PageFile } from './page-assets.js';
import type { PageScript } from './page-document.js';
import { PageFiles } from './page-files.js';
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

  @Get(['', CHANGE_PASSWORD])
  account(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    this.sendPage('account', request, reply);
  }

  @Get(LINKED)
  linkedPage(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    this.sendPage('links', request, reply);
  }

  /**
   * Microsoft Safe Links and some mail programs write the `#` of a link as `%23`, which makes it part of the path. People
   * and proxies add a slash at the end.
   */
  @Get('*')
  correctLink(@Param('*') path: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    const { page, token } = OTHER_SPELLING.exec(path)?.groups ?? {};
    if (page === undefined) {
      // The page itself says that there is nothing at this address.
      if (!request.headers.accept?.includes('text/html')) throw new AppError('not_found');
      this.sendPage('links', request, reply.status(HttpStatus.NOT_FOUND));
      return;
    }
    const target = page === '' ? '/account' : `/account/${page.toLowerCase()}`;
    void reply.redirect(token ? `${target}#token=${token}` : target, HttpStatus.SEE_OTHER);
  }

  @Get('assets/:name')
  asset(@Param('name') name: string, @Res() reply: FastifyReply): void {
    send(reply, this.files.requireAsset(name), ASSET_HEADERS);
  }

  private sendPage(script: PageScript, request: FastifyRequest, reply: FastifyReply): void {
    const language = requestLanguage(request) ?? DEFAULT_LANGUAGE;
    send(reply.header('content-language', language), this.files.requirePage(script, language), PAGE_HEADERS);
  }
}

function send(reply: FastifyReply, file: PageFile, headers: Readonly<Record<string, string>>): void {
  const accepted = new Negotiator(reply.request).encodings(CODINGS);
  const coding = CODINGS.find((candidate) => accepted.includes(candidate));
  void reply
    .headers({ ...headers, 'content-type': file.type, vary: headers.vary ?? 'accept-encoding' })
    .headers(coding ? { 'content-encoding': coding } : {})
    .send(coding ? file.compressed[coding] : file.bytes);
}
