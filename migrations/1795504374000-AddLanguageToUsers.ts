import type { MigrationInterface, QueryRunner } from 'typeorm';

export class AddLanguageToUsers1795504374000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // Without a default, so no row is rewritten. Which languages there are is a matter of the version that runs.
    await runner.query('ALTER TABLE users ADD COLUMN language text');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE users DROP COLUMN language');
  }
}
