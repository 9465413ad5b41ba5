import { caddy } from '../support/gateways/caddy.js';
import { describeGateway } from '../support/gateways/gateway-suite.js';

await describeGateway(caddy);
