/** The first steps for a new developer. */
export function welcome(url: string, hasMailbox: boolean): string {
  return `
  Documentation   ${url}/docs
  Your devices    ${url}/account${hasMailbox ? `\n  Your mail       ${url}/dev/mails` : ''}
  Try it          curl -s ${url}/auth/register -H 'content-type: application/json' \\
                    -d '{"email":"ada@example.org","password":"correct horse battery"}'

`;
}
