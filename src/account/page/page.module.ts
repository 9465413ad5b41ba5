import { Module } from '@nestjs/common';
import { PageController } from './page.controller.js';
import { PageFiles } from './page-files.js';
import { PageRedirectsController } from './page-redirects.controller.js';

@Module({
  controllers: [PageController, PageRedirectsController],
  providers: [PageFiles],
})
export class PageModule {}
