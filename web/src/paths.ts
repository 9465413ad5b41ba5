/** Where the page is served; `src/page/page.controller.ts` and the links of mails know them too. */
export const PATHS = {
  account: '/account',
  confirmEmail: '/account/confirm-email',
  forgotPassword: '/account/forgot-password',
  resetPassword: '/account/reset-password',
  rejectSignIn: '/account/disown',
} as const;
