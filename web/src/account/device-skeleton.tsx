/** Placeholder cards while the devices load. */
export function DeviceSkeleton() {
  return (
    <div role="status">
      <span class="hidden-text">Loading your devices</span>
      <div class="card skeleton" aria-hidden="true" />
      <div class="card skeleton" aria-hidden="true" />
    </div>
  );
}
