import { cookies, headers } from 'next/headers';
import { redirect } from 'next/navigation';
import { principalOf } from '../../lib/guard.js';

/** A server component checks the session itself: the proxy is not the only way to it. */
export default async function Orders() {
  const principal = await principalOf(await cookies(), await headers());
  if (!principal) redirect('/account');
  return (
    <main>
      <h1>Orders</h1>
      <p>Signed in as {principal.userId}</p>
    </main>
  );
}
