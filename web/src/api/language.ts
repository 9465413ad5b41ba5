import { rememberLanguage, takeChosenLanguage } from '../language-choice';
import { client } from './client';

/** Keeps the language for the account: mails are written in it. */
export async function saveLanguage(language: string): Promise<void> {
  await client.request('PATCH', '/auth/me', { body: { language } });
}

/** After a sign-in: a choice that the visitor made just before holds for the account, too. */
export async function keepChosenLanguage(): Promise<void> {
  const chosen = takeChosenLanguage();
  if (chosen === null) return;
  // The sign-in has set the cookie to the language that the account had.
  rememberLanguage(chosen);
  // Without it the sign-in is still complete: the page is in the right language, and only mails are not.
  await saveLanguage(chosen).catch(() => {});
}
