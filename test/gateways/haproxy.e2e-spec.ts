import { describeGateway } from '../support/gateways/gateway-suite.js';
import { haproxy } from '../support/gateways/haproxy.js';

await describeGateway(haproxy);
