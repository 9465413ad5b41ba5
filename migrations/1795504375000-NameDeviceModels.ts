import type { MigrationInterface, QueryRunner } from 'typeorm';

const KINDS = `'desktop', 'mobile', 'tablet', 'tv', 'other'`;
const MORE_KINDS = `'desktop', 'mobile', 'tablet', 'tv', 'console', 'reader', 'app', 'script', 'other'`;

export class NameDeviceModels1795504375000 implements MigrationInterface {
  /** So that the constraint is validated without the lock that adding it needs. */
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE devices
        ADD COLUMN IF NOT EXISTS brand text,
        ADD COLUMN IF NOT EXISTS model text,
        DROP CONSTRAINT IF EXISTS devices_kind_check,
        ADD CONSTRAINT devices_kind_check CHECK (kind IN (${MORE_KINDS})) NOT VALID`);
    await runner.query('ALTER TABLE devices VALIDATE CONSTRAINT devices_kind_check');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE devices DROP CONSTRAINT IF EXISTS devices_kind_check');
    await runner.query(`UPDATE devices SET kind = 'other' WHERE kind NOT IN (${KINDS})`);
    await runner.query(`
      ALTER TABLE devices
        DROP COLUMN IF EXISTS brand,
        DROP COLUMN IF EXISTS model,
        ADD CONSTRAINT devices_kind_check CHECK (kind IN (${KINDS}))`);
  }
}
