/** Every text that the element shows. Set `element.texts` to translate them. */
export const TEXTS = {
  title: 'Your devices',
  current: 'This device',
  signOut: 'Sign out',
  signOutDevice: (name: string) => `Sign out ${name}`,
  lastUsed: (time: string) => `Last used ${time}`,
  live: 'Updating live',
  notLive: 'Not updating live',
  loading: 'Loading…',
  signedOut: 'You are signed out.',
  failed: 'The devices could not be loaded. They are loaded again when the service can be reached.',
  notSignedOut: (name: string) => `${name} could not be signed out. Try again.`,
  loginNeeded: 'To sign out a device, log in again first.',
};

export type Texts = typeof TEXTS;
