import { GuardParent } from '@latchkey/revocation/guard-connection/guard-parent';
import { Injectable } from '@nestjs/common';
import { Gauge, Registry } from 'prom-client';

/** How many guards are connected, for Prometheus. */
@Injectable()
export class GuardMetrics {
  constructor(parent: GuardParent, registry: Registry) {
    new Gauge({
      name: 'latchkey_guards_connected',
      help: 'Guards that are connected to this instance, by client.',
      labelNames: ['client'],
      registers: [registry],
      collect() {
        this.reset();
        for (const [client, count] of parent.connected()) this.set({ client }, count);
      },
    });
  }
}
