import { LatchkeyModule } from '@latchkey/guard/nest';
import { Module } from '@nestjs/common';
import { latchkeyOptions } from '../latchkey-options.js';
import { ShipmentsController } from './shipments.controller.js';

@Module({
  imports: [LatchkeyModule.forRoot(latchkeyOptions())],
  controllers: [ShipmentsController],
})
export class ShippingModule {}
