import type { DeviceKind } from './device-kind.js';
import type { DeviceModel } from './device-model.js';

/** What bowser found: names from its own lists, and digits. No other text of a browser's header is used. */
export interface Found {
  readonly browser: string | null;
  readonly browserVersion: string;
  readonly system: string | null;
  readonly systemVersion: string;
  readonly kind: DeviceKind;
  readonly device: DeviceModel | null;
}
