import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';

/** An account whose address was released because its owner did not register it. The sweeper deletes it. */
@Entity('rejected_registrations')
@Index('rejected_registrations_rejected_at_idx', ['rejectedAt'])
export class RejectedRegistration {
  @ForeignKey('users', { name: 'rejected_registrations_user_id_fkey', onDelete: 'CASCADE' })
  @PrimaryColumn('uuid', {
    name: 'user_id',
    primaryKeyConstraintName: 'rejected_registrations_pkey',
  })
  userId!: string;

  @Column('timestamptz', { name: 'rejected_at', default: () => 'now()' })
  rejectedAt!: Date;
}
