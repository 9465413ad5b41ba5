import { useState } from 'preact/hooks';
import { rejectSignIn, type SignInRejection } from '../api/links';
import { pendingNote } from '../copy/pending-note';
import { linkMessages } from '../messages';
import { PAGE_SETTINGS } from '../page-settings';
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
    const { done, oldPassword } = linkMessages.rejectSignIn;
    const notice = `${done}${pendingNote(rejection.outcome)} ${oldPassword}`;
    return <NewPasswordPage token={rejection.resetToken} notice={notice} />;
  }
  return (
    <LinkActionPage
      title={linkMessages.rejectSignIn.title}
      buttonLabel={linkMessages.rejectSignIn.button}
      variant="danger"
      onConfirm={async () => setDisowned(await rejectSignIn(token))}
      invalidLink={<InvalidRejectionLink />}
    >
      <p>{linkMessages.rejectSignIn.text}</p>
      <p class="aside">{linkMessages.rejectSignIn.wasMe}</p>
    </LinkActionPage>
  );
}

function InvalidRejectionLink() {
  if (!PAGE_SETTINGS.sendsMail) return <InvalidLinkPage />;
  return (
    <InvalidLinkPage>
      <p>{linkMessages.rejectSignIn.invalid}</p>
      <a class="button button-primary" href={PATHS.forgotPassword}>
        {linkMessages.rejectSignIn.reset}
      </a>
    </InvalidLinkPage>
  );
}
