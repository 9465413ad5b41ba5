import { readFile } from 'node:fs/promises';
import { Controller, Get, Header } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Public } from '../routes/route-decorators.js';
import { projectFile } from './project-file.js';

/** Documentation at the `type` URI of each error, as RFC 9457 §3.1.1 recommends. */
@Controller('docs/errors')
@ApiExcludeController()
@Public()
export class ErrorDocsController {
  @Get()
  @Header('Content-Type', 'text/plain; charset=utf-8')
  @Header('Cache-Control', 'public, max-age=3600')
  async page(): Promise<string> {
    return readFile(projectFile('docs/errors.md'), 'utf8');
  }
}
