import { Module } from '@nestjs/common';
import { ClientsModule } from '../clients/clients.module.js';
import { SessionsModule } from '../sessions/sessions.module.js';
import { GuardController } from './guard.controller.js';
import { GuardAnswers } from './guard-answers.js';
import { GuardEndpoint } from './guard-endpoint.js';
import { GuardMetrics } from './guard-metrics.js';

/** The service's side of the connections of guards, which run in resource servers and gateways. */
@Module({
  imports: [ClientsModule, SessionsModule],
  controllers: [GuardController],
  providers: [GuardAnswers, GuardEndpoint, GuardMetrics],
})
export class GuardsModule {}
