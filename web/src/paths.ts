/** Paths that serve the page. The page controller of the service and the links in emails use the same ones. */
export const PATHS = {
  account: '/account',
  changePassword: '/account/change-password',
  confirmEmail: '/account/confirm-email',
  rejectRegistration: '/account/reject-registration',
  forgotPassword: '/account/forgot-password',
  resetPassword: '/account/reset-password',
  rejectSignIn: '/account/disown',
} as const;
