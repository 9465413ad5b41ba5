import { readFileSync } from 'node:fs';

export interface BrandLogo {
  readonly type: 'image/png' | 'image/svg+xml';
  readonly bytes: Buffer;
}

/** `BRAND_LOGO` names no image that the page can show. The message is one line for the operator. */
export class UnusableBrandLogo extends Error {
  override readonly name = 'UnusableBrandLogo';
}

/** Every visitor loads it, and it is part of every mail. */
const MAX_BYTES = 64 * 1024;
const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
/** After an XML declaration, comments and a document type. */
const SVG = /^\ufeff?\s*(?:<\?xml[^>]*\?>\s*|<!--[\s\S]*?-->\s*|<!DOCTYPE[^>]*>\s*)*<svg[\s>]/i;

/** @throws {UnusableBrandLogo} at the start already */
export function readLogo(path: string): BrandLogo {
  const bytes = contentOf(path);
  if (bytes.length > MAX_BYTES)
    throw new UnusableBrandLogo(`BRAND_LOGO=${path} has ${bytes.length} bytes: use at most ${MAX_BYTES}`);
  if (bytes.subarray(0, PNG.length).equals(PNG)) return { type: 'image/png', bytes };
  if (SVG.test(bytes.toString())) return { type: 'image/svg+xml', bytes };
  throw new UnusableBrandLogo(`BRAND_LOGO=${path} is neither a PNG nor an SVG image`);
}

function contentOf(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    const [reason] = (cause as Error).message.split(', ');
    throw new UnusableBrandLogo(`BRAND_LOGO=${path} cannot be read: ${reason}`, { cause });
  }
}
