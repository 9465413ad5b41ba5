import { openOrderStream } from './order-stream.js';
import { call, signIn, signOut } from './session.js';

const REASONS = {
  logout: 'You have signed out.',
  terminated: 'This device was signed out from another one.',
};

const element = (id) => document.getElementById(id);
/** Tells the other tabs that someone has signed in. That the session has ended each of them hears from its stream. */
const tabs = new BroadcastChannel('session');
let closeStream = () => {};

tabs.onmessage = () => load();
element('reload').onclick = () => load();
element('add').onclick = () => call('/api/orders', { method: 'POST' });
element('sign-out').onclick = () => signOut();
element('sign-in').onsubmit = async (event) => {
  event.preventDefault();
  const form = new FormData(event.target);
  const response = await signIn(form.get('email'), form.get('password'));
  if (!response.ok) return showSignedOut((await response.json()).title);
  event.target.reset();
  tabs.postMessage('signed in');
  await load();
};
await load();

async function load() {
  const response = await call('/api/orders');
  if (response.ok) showOrders(await response.json());
  else if (response.status === 401) await showEnd(await response.json());
  else element('notice').textContent = 'The service cannot be reached. Try again later.';
}

function showOrders(orders) {
  show({ isSignedIn: true, notice: '' });
  element('list').replaceChildren();
  for (const order of orders) addItem(order);
  closeStream();
  closeStream = openOrderStream({ onOrder: addItem, onEnd: showEnd });
}

function addItem({ id, placedAt }) {
  const item = document.createElement('li');
  item.textContent = `Order ${id}, ${new Date(placedAt).toLocaleTimeString()}`;
  element('list').append(item);
}

/** @param problem why the session ended; `invalid_token` if there was none */
function showEnd({ code, reason }) {
  // The user has signed in again in this browser: there is a new session.
  if (reason === 'replaced') return load();
  if (code === 'invalid_token') return showSignedOut('Sign in to see your orders.');
  showSignedOut(REASONS[reason] ?? 'Your session has ended.');
}

function showSignedOut(notice) {
  closeStream();
  show({ isSignedIn: false, notice });
}

function show({ isSignedIn, notice }) {
  element('orders').hidden = !isSignedIn;
  element('sign-in').hidden = isSignedIn;
  element('notice').textContent = notice;
}
