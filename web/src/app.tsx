import type { ComponentType } from 'preact';
import { AccountPage } from './account/account-page';
import { ConfirmEmailPage } from './links/confirm-email-page';
import { ForgotPasswordPage } from './links/forgot-password-page';
import { RejectRegistrationPage } from './links/reject-registration-page';
import { RejectSignInPage } from './links/reject-sign-in-page';
import { ResetPasswordPage } from './links/reset-password-page';
import { NotFoundPage } from './not-found-page';
import { PATHS } from './paths';

const PAGES: Readonly<Record<string, ComponentType>> = {
  [PATHS.account]: AccountPage,
  [PATHS.changePassword]: AccountPage,
  [PATHS.confirmEmail]: ConfirmEmailPage,
  [PATHS.rejectRegistration]: RejectRegistrationPage,
  [PATHS.forgotPassword]: ForgotPasswordPage,
  [PATHS.resetPassword]: ResetPasswordPage,
  [PATHS.rejectSignIn]: RejectSignInPage,
};

/** Chooses the page by the URL path. Pages link to one another with ordinary links. */
export function App() {
  const Page = PAGES[location.pathname] ?? NotFoundPage;
  return <Page />;
}
