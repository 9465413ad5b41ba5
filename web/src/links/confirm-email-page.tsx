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
      title="Confirm your address"
      buttonLabel="Confirm address"
      variant="primary"
      onConfirm={async () => {
        await confirmEmail(token);
        setIsDone(true);
      }}
      invalidLink={<InvalidConfirmationLink />}
    >
      <p>The mail came to you, so the address is yours: this tells us so.</p>
    </LinkActionPage>
  );
}

function Confirmed() {
  return (
    <SingleTaskPage title="Your address is confirmed">
      <p>There is nothing more to do.</p>
      <a class="button button-primary" href={PATHS.account}>
        Go to your account
      </a>
    </SingleTaskPage>
  );
}

function InvalidConfirmationLink() {
  return (
    <InvalidLinkPage>
      <p>If your address is not confirmed yet, your account offers to send the mail again.</p>
      <a class="button button-primary" href={PATHS.account}>
        Go to your account
      </a>
    </InvalidLinkPage>
  );
}
