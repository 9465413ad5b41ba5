import { useState } from 'preact/hooks';
import { confirmEmail } from '../api/links';
import { PATHS } from '../paths';
import { SingleTaskPage } from '../ui/single-task-page';
import { InvalidLinkPage } from './invalid-link-page';
import { LinkActionPage } from './link-action-page';
import { useLinkToken } from './use-link-token';

export function ConfirmEmailPage() {
  const token = useLinkToken();
  return token === null ? <InvalidConfirmationLink /> : <Confirmation key={token} token={token} />;
}

function Confirmation({ token }: { token: string }) {
  const [isDone, setIsDone] = useState(false);
  if (isDone) return <Confirmed />;
  return (
    <LinkActionPage
      title="Confirm your email address"
      buttonLabel="Confirm email address"
      variant="primary"
      onConfirm={async () => {
        await confirmEmail(token);
        setIsDone(true);
      }}
      invalidLink={<InvalidConfirmationLink />}
    >
      <p>Confirm that this email address belongs to you.</p>
    </LinkActionPage>
  );
}

function Confirmed() {
  return (
    <SingleTaskPage title="Email address confirmed">
      <p>You’re all set.</p>
      <a class="button button-primary" href={PATHS.account}>
        Go to your account
      </a>
    </SingleTaskPage>
  );
}

function InvalidConfirmationLink() {
  return (
    <InvalidLinkPage>
      <p>If your email address isn’t confirmed yet, you can request a new link from your account.</p>
      <a class="button button-primary" href={PATHS.account}>
        Go to your account
      </a>
    </InvalidLinkPage>
  );
}
