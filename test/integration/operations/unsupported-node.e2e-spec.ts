import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import semver from 'semver';
import { nodeBinary } from '../../support/node-binary.js';
import { COMMAND, inProject, MAIN } from '../../support/run-program.js';

const { engines, scripts } = JSON.parse(readFileSync(inProject('package.json'), 'utf8'));
const { major, minor } = semver.minVersion(engines.node) as semver.SemVer;
const old = await nodeBinary(18);

describe('an unsupported Node', () => {
  if ('missing' in old) {
    process.stderr.write(`Node 18 is not tested: ${old.missing}\n`);
    it.todo('is refused with one line');
    return;
  }

  it.each([
    ['the service', `node ${MAIN}`],
    ['the command', `node ${COMMAND} --help`],
    ['npm run build', scripts.build],
    ['npm run dev', scripts.dev],
  ])('is refused with one line by %s', async (_, command) => {
    const running = promisify(execFile)('sh', ['-c', command], {
      cwd: inProject('.'),
      env: { PATH: `${dirname(old.path)}:${process.env.PATH}` },
    });
    await expect(running).rejects.toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(
        new RegExp(`^latchkey: this is Node\\.js 18\\.\\S+, but ${major}\\.${minor} or later is needed\n$`),
      ),
    });
  });
});
