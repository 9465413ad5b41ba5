import { Module } from '@nestjs/common';
import { ChangePasswordController, PageController } from './page.controller.js';
import { PageFiles } from './page-files.js';

@Module({ controllers: [PageController, ChangePasswordController], providers: [PageFiles] })
export class PageModule {}
