/** Where the page is served; `src/account/page/page.controller.ts` and the links of mails know them too. */
export const PATHS = {
  account: '/account',
  confirmEmail: '/account/confirm-email',
  forgotPassword: '/account/forgot-password',
  resetPassword: '/account/reset-password',
  disown: '/account/disown',
} as const;
