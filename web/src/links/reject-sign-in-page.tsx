import { useState } from 'preact/hooks';
import { rejectSignIn, type SignInRejection } from '../api/links';
import { pendingNote } from '../copy/pending-note';
import { PATHS } from '../paths';
import { InvalidLinkPage } from './invalid-link-page';
import { LinkActionPage } from './link-action-page';
import { NewPasswordPage } from './new-password-page';
import { useLinkToken } from './use-link-token';

export function RejectSignInPage() {
  const token = useLinkToken();
  return token === null ? <InvalidRejectionLink /> : <RejectSignIn key={token} token={token} />;
}

function RejectSignIn({ token }: { token: string }) {
  const [rejection, setDisowned] = useState<SignInRejection | null>(null);
  if (rejection) {
    const notice = `That device is signed out.${pendingNote(rejection.outcome)} The old password lets nobody in any more.`;
    return <NewPasswordPage token={rejection.resetToken} notice={notice} />;
  }
  return (
    <LinkActionPage
      title="Was this not you?"
      buttonLabel="This wasn’t me"
      variant="danger"
      onConfirm={async () => setDisowned(await rejectSignIn(token))}
      invalidLink={<InvalidRejectionLink />}
    >
      <p>
        The device that the mail tells of will be signed out and forgotten, at once. Whoever signed in there
        knows your password, so it will let nobody in any more: next, you choose a new one.
      </p>
      <p class="aside">If it was you, there is nothing to do here.</p>
    </LinkActionPage>
  );
}

function InvalidRejectionLink() {
  return (
    <InvalidLinkPage>
      <p>If somebody else may be in your account, choose a new password: that signs every device out.</p>
      <a class="button button-primary" href={PATHS.forgotPassword}>
        Ask for a new password
      </a>
    </InvalidLinkPage>
  );
}
