import { useState } from 'preact/hooks';
import { type Disowned, disown } from '../api/links';
import { onItsWay } from '../copy/pending-note';
import { PATHS } from '../paths';
import { DeadLink } from './invalid-link-page';
import { LinkStep } from './link-action-page';
import { NewPassword } from './new-password-page';
import { useLinkToken } from './use-link-token';

export function DisownPage() {
  const token = useLinkToken();
  return token === null ? <NotDisowned /> : <Disowning key={token} token={token} />;
}

function Disowning({ token }: { token: string }) {
  const [disowned, setDisowned] = useState<Disowned | null>(null);
  if (disowned) {
    const notice = `That device is signed out.${onItsWay(disowned.enforcement)} The old password lets nobody in any more.`;
    return <NewPassword token={disowned.resetToken} notice={notice} />;
  }
  return (
    <LinkStep
      title="Was this not you?"
      action="This wasn’t me"
      look="danger"
      onGo={async () => setDisowned(await disown(token))}
      dead={<NotDisowned />}
    >
      <p>
        The device that the mail tells of will be signed out and forgotten, at once. Whoever signed in there
        knows your password, so it will let nobody in any more: next, you choose a new one.
      </p>
      <p class="aside">If it was you, there is nothing to do here.</p>
    </LinkStep>
  );
}

function NotDisowned() {
  return (
    <DeadLink>
      <p>If somebody else may be in your account, choose a new password: that signs every device out.</p>
      <a class="button button-primary" href={PATHS.forgotPassword}>
        Ask for a new password
      </a>
    </DeadLink>
  );
}
