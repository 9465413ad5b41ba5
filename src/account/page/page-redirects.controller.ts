import { Controller, Get, HttpStatus, Redirect } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Public } from '../../http/routes/route-decorators.js';
import { CHANGE_PASSWORD } from './page.controller.js';

/** Addresses outside `/account` that lead to the page. */
@Controller()
@ApiExcludeController()
@Public()
export class PageRedirectsController {
  @Get()
  @Redirect('/account', HttpStatus.FOUND)
  root(): void {}

  /** Where password managers look (W3C, A Well-Known URL for Changing Passwords). */
  @Get('.well-known/change-password')
  @Redirect(`/account/${CHANGE_PASSWORD}`, HttpStatus.FOUND)
  changePassword(): void {}
}
