import { Module } from '@nestjs/common';
import { ChangePasswordController, FrontDoorController, PageController } from './page.controller.js';
import { PageFiles } from './page-files.js';

@Module({
  controllers: [PageController, ChangePasswordController, FrontDoorController],
  providers: [PageFiles],
})
export class PageModule {}
