import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';

/** A server that is registered with the service: a resource server or a gateway. */
@Entity('clients')
export class Client {
  @PrimaryColumn('text', { name: 'client_id', primaryKeyConstraintName: 'clients_pkey' })
  clientId!: string;

  @Column('text', { array: true })
  permissions!: string[];

  /** The `aud` of the tokens that it accepts. */
  @Column('text', { array: true })
  audiences!: string[];

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt!: Date;
}

@Entity('client_secrets')
@Index('client_secrets_client_id_idx', ['clientId'])
export class ClientSecret {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'client_secrets_pkey' })
  id!: string;

  @ForeignKey('clients', { name: 'client_secrets_client_id_fkey', onDelete: 'CASCADE' })
  @Column('text', { name: 'client_id' })
  clientId!: string;

  /** `clientSecretHash` */
  @Column('bytea')
  hash!: Buffer;

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt!: Date;
}
