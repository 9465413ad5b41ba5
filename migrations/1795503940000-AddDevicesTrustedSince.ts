import type { MigrationInterface, QueryRunner } from 'typeorm';

export class AddDevicesTrustedSince1795503940000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // Without defaults, so no row is rewritten.
    await runner.query('ALTER TABLE users ADD COLUMN devices_trusted_since timestamptz');
    await runner.query('ALTER TABLE sessions ADD COLUMN polled_at timestamptz');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE sessions DROP COLUMN polled_at');
    await runner.query('ALTER TABLE users DROP COLUMN devices_trusted_since');
  }
}
