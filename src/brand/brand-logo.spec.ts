import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readLogo, UnusableBrandLogo } from './brand-logo.js';

const PNG = Buffer.from('89504e470d0a1a0a0000', 'hex');

describe('the logo of a brand', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'latchkey-logo-'));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  const fileWith = (content: string | Buffer) => {
    const file = join(directory, 'logo');
    writeFileSync(file, content);
    return file;
  };

  it.each([
    ['image/png', PNG],
    ['image/svg+xml', '<svg xmlns="http://www.w3.org/2000/svg"/>'],
    ['image/svg+xml', '\ufeff<?xml version="1.0"?>\n<!-- a > b -->\n<!DOCTYPE svg>\n<svg\n/>'],
  ])('is recognised as %s by its content', (type, content) => {
    expect(readLogo(fileWith(content)).type).toBe(type);
  });

  it.each([
    ['is neither a PNG nor an SVG image', '<html><svg></svg></html>'],
    ['is neither a PNG nor an SVG image', ''],
    ['has 65537 bytes: use at most 65536', Buffer.concat([PNG], 65_537)],
  ])('is refused in one line if it %s', (fault, content) => {
    const file = fileWith(content);
    expect(() => readLogo(file)).toThrow(new UnusableBrandLogo(`BRAND_LOGO=${file} ${fault}`));
  });

  it('is refused if its file cannot be read', () => {
    const file = join(directory, 'missing.svg');
    expect(() => readLogo(file)).toThrow(
      /^BRAND_LOGO=\S+missing\.svg cannot be read: ENOENT: no such file or directory$/,
    );
  });
});
