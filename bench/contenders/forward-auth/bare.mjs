// What a forward-auth check costs without the check: an empty answer to every request.
import { createServer } from 'node:http';

const { HOST, PORT } = process.env;
const server = createServer((_request, response) => response.writeHead(200, { 'content-length': 0 }).end());
server.listen(Number(PORT), HOST, () => console.log(`listening on http://${HOST}:${server.address().port}`));
