import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { PublicJwk } from './public-jwk.js';

@Entity('signing_keys')
export class SigningKey {
  /** RFC 7638 thumbprint of the public key. */
  @PrimaryColumn('text', { primaryKeyConstraintName: 'signing_keys_pkey' })
  kid!: string;

  /** For operators only; the service derives the public key from the sealed private key. */
  @Column('jsonb', { name: 'public_jwk' })
  publicJwk!: PublicJwk;

  /** PKCS #8, encrypted under the server secret. */
  @Column('bytea', { name: 'private_key_sealed' })
  privateKeySealed!: Buffer;

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt!: Date;

  /**
   * The key is published some time before this, so that every verifier has loaded it when it starts to sign.
   */
  @Column('timestamptz', { name: 'signs_from' })
  signsFrom!: Date;

  /** The key stays published after this until the last token that it signed has expired. */
  @Column('timestamptz', { name: 'signs_until' })
  signsUntil!: Date;
}
