import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { DEFAULT_TEMPLATES } from '../mail/templates/default-templates.js';
import { print } from './print.js';

export const mailTemplates = new Command('mail-templates')
  .description('write the templates of mails to a directory, to change them and set MAIL_TEMPLATES')
  .argument('<directory>')
  .action((directory: string, _options, command: Command) => {
    try {
      mkdirSync(directory, { recursive: true });
      for (const [name, template] of Object.entries(DEFAULT_TEMPLATES)) {
        const file = join(directory, name);
        // An operator's template is never overwritten.
        writeFileSync(file, template, { flag: 'wx' });
        print(file);
      }
    } catch (error) {
      command.error(`latchkey: ${(error as Error).message}`);
    }
  });
