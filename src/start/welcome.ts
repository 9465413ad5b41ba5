/** What a newcomer does next. */
export function welcome(url: string): string {
  return `
  Documentation   ${url}/docs
  Your devices    ${url}/account
  Try it          curl -s ${url}/auth/register -H 'content-type: application/json' \\
                    -d '{"email":"ada@example.org","password":"correct horse battery"}'

`;
}
