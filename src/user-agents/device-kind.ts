/** `app` and `script` are programs that are not browsers, on a device that is not known. */
export const DEVICE_KINDS = [
  'desktop',
  'mobile',
  'tablet',
  'tv',
  'console',
  'reader',
  'app',
  'script',
  'other',
] as const;
export type DeviceKind = (typeof DEVICE_KINDS)[number];

export function isDeviceKind(value: unknown): value is DeviceKind {
  return DEVICE_KINDS.some((kind) => kind === value);
}
