import { useState } from 'preact/hooks';
import { confirmEmail } from '../api/links';
import { PATHS } from '../paths';
import { PlainPage } from '../ui/single-task-page';
import { DeadLink } from './invalid-link-page';
import { LinkStep } from './link-action-page';
import { useLinkToken } from './use-link-token';

export function ConfirmEmailPage() {
  const token = useLinkToken();
  return token === null ? <NotConfirmed /> : <Confirmation key={token} token={token} />;
}

function Confirmation({ token }: { token: string }) {
  const [isDone, setIsDone] = useState(false);
  if (isDone) return <Confirmed />;
  return (
    <LinkStep
      title="Confirm your address"
      action="Confirm address"
      look="primary"
      onGo={async () => {
        await confirmEmail(token);
        setIsDone(true);
      }}
      dead={<NotConfirmed />}
    >
      <p>The mail came to you, so the address is yours: this tells us so.</p>
    </LinkStep>
  );
}

function Confirmed() {
  return (
    <PlainPage title="Your address is confirmed">
      <p>There is nothing more to do.</p>
      <a class="button button-primary" href={PATHS.account}>
        Go to your account
      </a>
    </PlainPage>
  );
}

function NotConfirmed() {
  return (
    <DeadLink>
      <p>If your address is not confirmed yet, your account offers to send the mail again.</p>
      <a class="button button-primary" href={PATHS.account}>
        Go to your account
      </a>
    </DeadLink>
  );
}
