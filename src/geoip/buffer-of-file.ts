import type { FileBytes } from './file-bytes.js';

/** What `mmdb-lib` calls of a Buffer, by the number of bytes that it reads. */
const READS = {
  readUInt8: 1,
  readUInt16BE: 2,
  readUInt32BE: 4,
  readInt32BE: 4,
  readFloatBE: 4,
  readDoubleBE: 8,
} as const;

/**
 * A file in the shape of a Buffer. `mmdb-lib` wants the whole database in one, which would cost an instance more memory
 * than all the rest of it; this one holds nothing and reads what it is asked for.
 */
export function bufferOfFile(file: FileBytes): Buffer {
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
      // A wrong answer would be a wrong place; this is an upgrade of mmdb-lib that was not tested.
      throw new TypeError(`a file cannot be read with ${name}`);
    },
  });
}
