import { Injectable } from '@nestjs/common';
import { Gauge, Registry } from 'prom-client';
import { PasswordHasher } from '../credentials/password/password-hasher.js';

/** How many password hashes run and wait, for Prometheus. */
@Injectable()
export class HashingMetrics {
  constructor(hasher: PasswordHasher, registry: Registry) {
    new Gauge({
      name: 'latchkey_password_hashes',
      help: 'Password hashes of logins and registrations, by state: running or waiting.',
      labelNames: ['state'],
      registers: [registry],
      collect() {
        const { running, waiting } = hasher.load;
        this.set({ state: 'running' }, running);
        this.set({ state: 'waiting' }, waiting);
      },
    });
  }
}
