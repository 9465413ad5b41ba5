// `<base URL> <file> <step>`: a program whose session is in a file.
import { createClient } from '../../packages/client/src/create-client.js';
import { fileStorage } from '../../packages/client/src/node.js';

const [baseUrl = '', path = '', step = '', email = '', password = ''] = process.argv.slice(2);
const client = createClient({ baseUrl, mode: 'bearer', storage: fileStorage(path) });
client.on('session_ended', ({ reason }) => console.log('ended', reason));
if (step === 'login') await client.login({ email, password });
if (step === 'refresh') await client.refresh();
console.log((await client.me())?.user.email);
