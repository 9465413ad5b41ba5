import type { MigrationInterface, QueryRunner } from 'typeorm';

export class AddPasswordVersionToUsers1795503380000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // The defaults are constant, so no row is rewritten.
    await runner.query('ALTER TABLE users ADD COLUMN email_confirmed_at timestamptz');
    await runner.query('ALTER TABLE users ADD COLUMN password_version integer NOT NULL DEFAULT 0');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE users DROP COLUMN email_confirmed_at');
    await runner.query('ALTER TABLE users DROP COLUMN password_version');
  }
}
