import { useState } from 'preact/hooks';
import { rejectSignIn, type SignInRejection } from '../api/links';
import { pendingNote } from '../copy/pending-note';
import { PATHS } from '../paths';
import { SENDS_MAIL } from '../sends-mail';
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
    const notice = `The device is signed out.${pendingNote(rejection.outcome)} Your old password no longer works.`;
    return <NewPasswordPage token={rejection.resetToken} notice={notice} />;
  }
  return (
    <LinkActionPage
      title="Don’t recognize this sign-in?"
      buttonLabel="This wasn’t me"
      variant="danger"
      onConfirm={async () => setDisowned(await rejectSignIn(token))}
      invalidLink={<InvalidRejectionLink />}
    >
      <p>
        We’ll sign out and forget the device named in the email right away. Someone else may know your
        password, so it will stop working too. You’ll choose a new one in the next step.
      </p>
      <p class="aside">If it was you, you can close this page.</p>
    </LinkActionPage>
  );
}

function InvalidRejectionLink() {
  if (!SENDS_MAIL) return <InvalidLinkPage />;
  return (
    <InvalidLinkPage>
      <p>
        If someone else may have access to your account, reset your password. This signs out all your devices.
      </p>
      <a class="button button-primary" href={PATHS.forgotPassword}>
        Reset your password
      </a>
    </InvalidLinkPage>
  );
}
