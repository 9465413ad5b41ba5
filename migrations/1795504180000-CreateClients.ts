import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateClients1795504180000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE clients (
        client_id text NOT NULL,
        permissions text[] NOT NULL,
        audiences text[] NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT clients_pkey PRIMARY KEY (client_id)
      )`);
    await runner.query(`
      CREATE TABLE client_secrets (
        id uuid NOT NULL,
        client_id text NOT NULL,
        hash bytea NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT client_secrets_pkey PRIMARY KEY (id),
        CONSTRAINT client_secrets_client_id_fkey FOREIGN KEY (client_id) REFERENCES clients (client_id) ON DELETE CASCADE
      )`);
    await runner.query('CREATE INDEX client_secrets_client_id_idx ON client_secrets (client_id)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE client_secrets');
    await runner.query('DROP TABLE clients');
  }
}
