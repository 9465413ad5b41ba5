'use strict';
// Ends a start on a Node.js that is too old with one line. Loaded before the programs (`node -r`, and first in the built
// ones), whose syntax and dependencies such a version may not understand.
const OLDEST = [20, 19];

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1])) {
  process.stderr.write(
    `latchkey: this is Node.js ${process.versions.node}, but ${OLDEST.join('.')} or later is needed\n`,
  );
  process.exit(1);
}
