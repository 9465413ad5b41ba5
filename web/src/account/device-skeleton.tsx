import { accountMessages } from '../messages';

/** Placeholder rows while the devices load. */
export function DeviceSkeleton() {
  return (
    <div role="status">
      <span class="hidden-text">{accountMessages.devices.loading}</span>
      <div class="skeleton" aria-hidden="true" />
      <div class="skeleton" aria-hidden="true" />
    </div>
  );
}
