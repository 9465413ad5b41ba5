import { readFileSync, writeFileSync } from 'node:fs';
import { envExample, withConfigurationTable } from './config/environment-docs.js';

// Writes what README.md and `.env.example` say about the environment.
writeFileSync('README.md', withConfigurationTable(readFileSync('README.md', 'utf8')));
writeFileSync('.env.example', envExample());
