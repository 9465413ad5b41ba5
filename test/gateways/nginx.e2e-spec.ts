import { describeGateway } from '../support/gateways/gateway-suite.js';
import { nginx } from '../support/gateways/nginx.js';

await describeGateway(nginx);
