import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateUndeliverableAddresses1795504377000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // A table of its own: most users have no row, and `users` is not changed.
    await runner.query(`
      CREATE TABLE undeliverable_addresses (
        user_id uuid NOT NULL,
        since timestamptz NOT NULL DEFAULT now(),
        reply text NOT NULL,
        CONSTRAINT undeliverable_addresses_pkey PRIMARY KEY (user_id),
        CONSTRAINT undeliverable_addresses_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE undeliverable_addresses');
  }
}
