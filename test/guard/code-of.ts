import { GuardError } from '@latchkey/guard';

/** The code with which a guard refuses; `granted` if it does not; any other error as it is. */
export async function codeOf(check: () => unknown): Promise<unknown> {
  try {
    await check();
    return 'granted';
  } catch (error) {
    return error instanceof GuardError ? error.code : error;
  }
}
