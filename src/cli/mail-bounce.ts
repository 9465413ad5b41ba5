import { Command } from 'commander';
import { auditLogOfCommand } from '../audit/command-audit.js';
import { connect } from '../database/connect.js';
import { dataSourceOptions } from '../database/data-source.js';
import { ENTITIES } from '../entities.js';
import { AppError } from '../errors/app-error.js';
import { BounceAddresses } from '../mail/bounce-addresses.js';
import { type BounceOutcome, BounceReports } from '../mail/bounce-reports.js';
import { UndeliverableAddresses } from '../mail/undeliverable-addresses.js';
import { print } from './print.js';
import { runCommand } from './run-command.js';

const POOL_SIZE = 1;
/** Reports quote the mail at most, and describe the failure before that. */
const READ_MAX_BYTES = 1024 * 1024;
/** `EX_TEMPFAIL` of sysexits.h: the mail server keeps the report and runs the command again. */
const EX_TEMPFAIL = 75;

export const mailBounce = new Command('mail-bounce')
  .description('record a report of a failed delivery, which a mail server pipes to the standard input')
  .argument('<recipient>', 'the address that the report was sent to, bounces+...@example.com')
  .addHelpText(
    'after',
    `
Exits with 0 if the message was recorded or is not a bounce report, and with ${EX_TEMPFAIL} if the mail server should run the
command again later.`,
  )
  .action(async (recipient: string) => {
    await runCommand(async (url, { mail, secret, auditLog }) => {
      if (mail.bounceAddress === null)
        throw new AppError('validation_failed', { detail: 'MAIL_BOUNCE_ADDRESS is not set' });
      const message = await readMessage();
      const dataSource = await connect({ ...dataSourceOptions(url, POOL_SIZE), entities: ENTITIES });
      try {
        const addresses = new BounceAddresses(secret, mail.bounceAddress);
        const undeliverable = new UndeliverableAddresses(dataSource, auditLogOfCommand(auditLog));
        const reports = new BounceReports(dataSource, addresses, undeliverable);
        print(outcomeText(await reports.receive(recipient, message)));
      } finally {
        await dataSource.destroy();
      }
    });
    if (process.exitCode) process.exitCode = EX_TEMPFAIL;
  });

async function readMessage(): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  // All of it, because the mail server counts a pipe that is closed early as a failure.
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
    if (bytes < READ_MAX_BYTES) chunks.push(chunk);
    bytes += chunk.length;
  }
  return Buffer.concat(chunks);
}

function outcomeText(outcome: BounceOutcome): string {
  if ('ignored' in outcome) return `ignored: ${outcome.ignored}`;
  const { userId, failure, isUndeliverable } = outcome;
  const status = failure.status || 'no status';
  return `recorded: mail to user ${userId} failed (${status}); the address ${isUndeliverable ? 'is undeliverable' : 'may still work'}`;
}
