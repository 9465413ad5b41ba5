import { apache } from '../support/gateways/apache.js';
import { describeGateway } from '../support/gateways/gateway-suite.js';

await describeGateway(apache);
