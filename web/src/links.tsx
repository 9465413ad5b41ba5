import type { ComponentType } from 'preact';
import { ConfirmEmailPage } from './links/confirm-email-page';
import { ForgotPasswordPage } from './links/forgot-password-page';
import { RejectRegistrationPage } from './links/reject-registration-page';
import { RejectSignInPage } from './links/reject-sign-in-page';
import { ResetPasswordPage } from './links/reset-password-page';
import { NotFoundPage } from './not-found-page';
import { PATHS } from './paths';
import { show } from './show';

const PAGES: Readonly<Record<string, ComponentType>> = {
  [PATHS.confirmEmail]: ConfirmEmailPage,
  [PATHS.rejectRegistration]: RejectRegistrationPage,
  [PATHS.forgotPassword]: ForgotPasswordPage,
  [PATHS.resetPassword]: ResetPasswordPage,
  [PATHS.rejectSignIn]: RejectSignInPage,
};

// Pages link to one another with ordinary links.
show(PAGES[location.pathname] ?? NotFoundPage);
