import type { MigrationInterface, QueryRunner } from 'typeorm';

export class AddHabitsToSessions1795503400000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // The defaults are constant, so no row is rewritten.
    await runner.query(`
      ALTER TABLE sessions
        ADD COLUMN login_address inet,
        ADD COLUMN countries text[] NOT NULL DEFAULT '{}',
        ADD COLUMN clients text[] NOT NULL DEFAULT '{}',
        ADD COLUMN needs_login_since timestamptz`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE sessions
        DROP COLUMN login_address, DROP COLUMN countries, DROP COLUMN clients, DROP COLUMN needs_login_since`);
  }
}
