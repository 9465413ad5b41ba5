/** Tells password managers which account a password belongs to, where the page need not show it. */
export function HiddenUsername({ email }: { email: string }) {
  return (
    <input
      class="hidden-text"
      type="text"
      name="username"
      autocomplete="username"
      value={email}
      readOnly
      tabIndex={-1}
      aria-hidden="true"
    />
  );
}
