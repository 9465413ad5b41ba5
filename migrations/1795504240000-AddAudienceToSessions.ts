import type { MigrationInterface, QueryRunner } from 'typeorm';

export class AddAudienceToSessions1795504240000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // Null, also for existing sessions: tokens for every audience that is configured when they are issued.
    await runner.query('ALTER TABLE sessions ADD COLUMN audience text[]');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE sessions DROP COLUMN audience');
  }
}
