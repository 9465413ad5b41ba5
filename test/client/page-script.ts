// Runs in the page of the tests.
import { createElement, StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { createClient, webStorage } from '../../packages/client/src/create-client.js';
import '../../packages/client/src/devices-element.js';
import { useDevices, useSession } from '../../packages/client/src/react.js';
import type { PageGlobals } from './client-browser.js';

const page = globalThis as unknown as PageGlobals;
page.reported = [];

page.start = ({ storage, ...options }) => {
  const client = createClient({ ...options, ...(storage && { storage: webStorage() }) });
  client.on('session_ended', ({ code, reason }) => page.reported.push(`ended: ${reason ?? code}`));
  client.on('account', () => page.reported.push('account'));
  client.on('signed_in', () => page.reported.push('signed_in'));
  page.client = client;
};

function Account() {
  const { state, me, end } = useSession(page.client);
  const { devices, live } = useDevices(page.client);
  if (state === 'signed_out') return createElement('p', null, `Signed out: ${end?.reason ?? 'never in'}`);
  const names = devices?.map(({ name }) => name).join(', ');
  return createElement('p', null, `${me?.user.email} ${live}: ${names}`);
}

page.renderReact = () => {
  const root = createRoot(document.querySelector('main') as HTMLElement);
  root.render(createElement(StrictMode, null, createElement(Account)));
};
