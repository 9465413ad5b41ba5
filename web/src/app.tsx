import type { ComponentType } from 'preact';
import { AccountPage } from './pages/account-page';
import { ConfirmEmailPage } from './pages/confirm-email-page';
import { DisownPage } from './pages/disown-page';
import { ForgotPasswordPage } from './pages/forgot-password-page';
import { ResetPasswordPage } from './pages/reset-password-page';
import { PATHS } from './paths';

const PAGES: Readonly<Record<string, ComponentType>> = {
  [PATHS.confirmEmail]: ConfirmEmailPage,
  [PATHS.forgotPassword]: ForgotPasswordPage,
  [PATHS.resetPassword]: ResetPasswordPage,
  [PATHS.disown]: DisownPage,
};

/** The address decides what is shown. From one page to another leads an ordinary link. */
export function App() {
  const Page = PAGES[location.pathname] ?? AccountPage;
  return <Page />;
}
