/** Whether the service can send mail. It writes this into the page's head (`page-files.ts`), so no request is needed. */
export const SENDS_MAIL =
  document.querySelector<HTMLMetaElement>('meta[name="latchkey-mail"]')?.content !== 'none';
