import { Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';

/** A user whose address has refused a mail. The row is deleted when the user opens a mailed link. */
@Entity('undeliverable_addresses')
export class UndeliverableAddress {
  @ForeignKey('users', { name: 'undeliverable_addresses_user_id_fkey', onDelete: 'CASCADE' })
  @PrimaryColumn('uuid', { name: 'user_id', primaryKeyConstraintName: 'undeliverable_addresses_pkey' })
  userId!: string;

  /** When it first refused one. */
  @Column('timestamptz', { default: () => 'now()' })
  since!: Date;

  /** The newest reply of the mail server that refused the address. */
  @Column('text')
  reply!: string;
}
