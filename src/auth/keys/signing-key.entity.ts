import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { PublicJwk } from './public-jwk.js';

@Entity('signing_keys')
export class SigningKey {
  /** RFC 7638 thumbprint of the public key. */
  @PrimaryColumn('text', { primaryKeyConstraintName: 'signing_keys_pkey' })
  kid!: string;

  /** For operators to look at; the service takes the public key from the sealed one. */
  @Column('jsonb', { name: 'public_jwk' })
  publicJwk!: PublicJwk;

  /** PKCS #8, encrypted under the server secret. */
  @Column('bytea', { name: 'private_key_sealed' })
  privateKeySealed!: Buffer;

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt!: Date;

  /** Published some time before it signs, so that every verifier knows it by then. */
  @Column('timestamptz', { name: 'signs_from' })
  signsFrom!: Date;

  /** Published until the last token it signed has expired. */
  @Column('timestamptz', { name: 'signs_until' })
  signsUntil!: Date;
}
