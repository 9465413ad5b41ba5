import type { PagedFile } from './paged-file.js';

/** The methods of `Buffer` that `mmdb-lib` calls with an offset, and how many bytes each reads. */
const READS = {
  readUInt8: 1,
  readUInt16BE: 2,
  readUInt32BE: 4,
  readInt32BE: 4,
  readFloatBE: 4,
  readDoubleBE: 8,
} as const;

/**
 * An object that behaves like a `Buffer` with the contents of the file, but reads the bytes when they are requested.
 * `mmdb-lib` expects the whole database in a `Buffer`, which would take more memory than the rest of the service.
 */
export function fileAsBuffer(file: PagedFile): Buffer {
  const methods: Record<string, unknown> = {
    length: file.size,
    readUIntBE: (offset: number, length: number) => file.read(offset, length).readUIntBE(0, length),
    subarray: (start: number, end: number) => file.read(start, end - start),
    toString: (encoding: BufferEncoding, start: number, end: number) =>
      file.read(start, end - start).toString(encoding),
  };
  for (const [name, length] of Object.entries(READS) as [keyof typeof READS, number][]) {
    methods[name] = (offset: number) => file.read(offset, length)[name](0);
  }
  return new Proxy(Buffer.alloc(0), {
    get(target, name) {
      if (typeof name === 'symbol') return Reflect.get(target, name);
      if (Object.hasOwn(methods, name)) return methods[name];
      if (/^\d+$/.test(name)) return Number(name) < file.size ? file.read(Number(name), 1)[0] : undefined;
      // An untested version of mmdb-lib. Any answer here could become a wrong location.
      throw new TypeError(`a file cannot be read with ${name}`);
    },
  });
}
