import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateRejectedRegistrations1795504000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // A table of its own, because few accounts are ever rejected and `users` would need another index.
    await runner.query(`
      CREATE TABLE rejected_registrations (
        user_id uuid NOT NULL,
        rejected_at timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT rejected_registrations_pkey PRIMARY KEY (user_id),
        CONSTRAINT rejected_registrations_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
      )`);
    await runner.query(
      'CREATE INDEX rejected_registrations_rejected_at_idx ON rejected_registrations (rejected_at)',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE rejected_registrations');
  }
}
