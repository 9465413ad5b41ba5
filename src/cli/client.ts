import { Command } from 'commander';
import { ClientStore } from '../clients/client-store.js';
import { connect } from '../database/connect.js';
import { dataSourceOptions } from '../database/data-source.js';
import { ENTITIES } from '../entities.js';
import { CLIENT_PERMISSIONS } from '../policy/client-permissions.js';
import { ClientCommands } from './client-commands.js';
import { runCommand } from './run-command.js';

const POOL_SIZE = 2;

export const client = new Command('client')
  .description('register resource servers and gateways, and rotate their secrets')
  .helpCommand(false)
  .addHelpText(
    'after',
    `
An <id> has letters, digits, dots, tildes, hyphens and underscores.
Permissions: ${CLIENT_PERMISSIONS.join(', ')}.

Examples:
  latchkey client add orders-api --permission guard --audience https://api.example.com
  latchkey client rotate orders-api                  adds a secret; the old ones stay valid
  latchkey client rotate orders-api --revoke-old     once all servers use the newest secret
  latchkey client remove orders-api

A client or secret that was added can be used at once; running instances refuse one that was removed within 3 seconds.
Clients in LATCHKEY_CLIENTS are listed, and changed there.`,
  );

client
  .command('add <id>')
  .description('register a client, and print its secret once')
  .requiredOption('--permission <name>', 'what it may do; can be repeated', collect, [])
  .option('--audience <aud>', 'the `aud` of tokens that it accepts; can be repeated', collect, [])
  .action((id: string, { permission, audience }: { permission: string[]; audience: string[] }) =>
    withClients((clients) => clients.add(id, permission, audience)),
  );
client
  .command('list')
  .description('list all clients: id, permissions, audiences, source, dates of the secrets')
  .action(() => withClients((clients) => clients.list()));
client
  .command('rotate <id>')
  .description('add a secret, and print it once; the old ones stay valid until they are revoked')
  .option('--revoke-old', 'complete a rotation: add none, and revoke all secrets but the newest')
  .action((id: string, { revokeOld }: { revokeOld?: true }) =>
    withClients((clients) => (revokeOld ? clients.revokeOldSecrets(id) : clients.rotate(id))),
  );
client
  .command('remove <id>')
  .description('remove a client with all its secrets, and close its connections')
  .action((id: string) => withClients((clients) => clients.remove(id)));

function collect(value: string, before: readonly string[]): string[] {
  return [...before, value];
}

function withClients(run: (commands: ClientCommands) => Promise<void>): Promise<void> {
  return runCommand(async (url, environment) => {
    const dataSource = await connect({ ...dataSourceOptions(url, POOL_SIZE), entities: ENTITIES });
    try {
      await run(new ClientCommands(new ClientStore(dataSource), environment.clients));
    } finally {
      await dataSource.destroy();
    }
  });
}
