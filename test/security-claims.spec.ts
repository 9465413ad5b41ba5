import { existsSync, readFileSync } from 'node:fs';

const ROOT = new URL('..', import.meta.url);
const TEXT = readFileSync(new URL('docs/security.md', ROOT), 'utf8');

/** `src/auth/keys/seal` is a unit test beside the source, and `integration/auth/refreshing` a test in `test/`. */
function fileOf(name: string): string {
  return name.startsWith('src/') ? `${name}.spec.ts` : `test/${name}.e2e-spec.ts`;
}

describe('docs/security.md', () => {
  const named = [...TEXT.matchAll(/Tests:\s+((?:`[^`]+`,?\s*)+)/g)].flatMap(([, list = '']) =>
    [...list.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name),
  );

  it('names tests that exist', () => {
    expect(named.filter((name) => !existsSync(new URL(fileOf(name), ROOT)))).toEqual([]);
  });

  it('names tests for every claim in a list', () => {
    const claims = TEXT.split(/\n(?=- |\n|#)/).filter((part) => part.startsWith('- '));
    const exempt = /^- (There is only one factor|`(off|notify|require_reauthentication|end)`:)/;
    expect(claims.filter((claim) => !claim.includes('Tests:') && !exempt.test(claim))).toEqual([]);
  });
});
