import { pluralOf } from '../plural.js';

export const about = { tag: 'en', direction: 'ltr', locale: 'en-GB' } as const;

const plural = pluralOf(about.tag);

const devices = (count: number) => plural(count, { one: '# device', other: '# devices' });
const seconds = (count: number) => plural(count, { one: '# second', other: '# seconds' });
const minutes = (count: number) => plural(count, { one: '# minute', other: '# minutes' });

const SIGN_IN_AGAIN = 'You’re no longer signed in. Please sign in again.';
const TRY_AGAIN = 'Something went wrong. Please try again.';
const OUTDATED_PAGE = 'This page may be out of date. Reload it and try again.';

/**
 * The texts of all pages below `/account`. A function that is generic in `T` places an element, such as a name, among its
 * words.
 */
export const page = {
  document: {
    title: (page: string, product: string) => `${page} – ${product}`,
  },
  footer: {
    language: 'Language',
    backTo: (product: string) => `Back to ${product}`,
  },
  common: {
    goToAccount: 'Go to your account',
    tryAgain: 'Try again',
    cancel: 'Cancel',
    signIn: 'Sign in',
    signOut: 'Sign out',
    signedOut: 'You’re signed out.',
    emailAddress: 'Email address',
    password: 'Password',
    newPassword: 'New password',
    passwordHint: 'At least 8 characters. A few unrelated words make a strong password.',
    showPassword: 'Show password',
    showMore: 'Show more',
    /** Read out after "Show more". */
    showMoreOf: (title: string) => `: ${title}`,
    /** Appended to a message about a sign-out that not every part of the service has confirmed. */
    pending: ' This will take effect everywhere in a moment.',
    justNow: 'just now',
    place: (city: string, country: string) => `${city}, ${country}`,
  },
  signIn: {
    createAccount: 'Create an account',
    hasAccount: 'Already have an account?',
    isNew: 'New here?',
    forgotPassword: 'Forgot your password?',
  },
  /** For a user who was signed out while the page was open. */
  signedOutBecause: {
    logout: 'You’re signed out.',
    replaced: 'You were signed out because you signed in again in this browser.',
    terminated: 'This device was signed out from your list of devices.',
    refresh_reuse:
      'For your security, we signed you out because a copy of this session was used somewhere else. If that wasn’t you, change your password.',
    suspicious:
      'For your security, we signed you out after unusual activity. If that wasn’t you, change your password.',
    device_limit:
      'You were signed out because you reached your device limit and signed in on another device.',
    session_limit: 'You were signed out because you signed in somewhere else.',
    password_changed: 'You were signed out because your password was changed.',
    password_reset: 'You were signed out because your password was reset.',
    user_disabled: 'Your account has been disabled.',
    user_deleted: 'Your account has been deleted.',
    operator: 'An administrator signed you out.',
    disowned: 'You were signed out because this sign-in was reported as unauthorized.',
    idle_expired: 'You were signed out because you were inactive for too long.',
    absolute_expired: 'Your session has expired. Please sign in again.',
  },
  unusualActivity: 'We noticed unusual activity in this session. Please sign in again to continue.',
  signedOutUnknown: 'You were signed out.',
  errors: {
    unreachable: 'We can’t reach the service. Check your connection and try again.',
    tooManyAttempts: 'Too many attempts. Try again later.',
    /** @param wait seconds */
    tooManyAttemptsFor: (wait: number) =>
      `Too many attempts. Try again in ${wait < 90 ? seconds(wait) : minutes(Math.ceil(wait / 60))}.`,
    signedOut: SIGN_IN_AGAIN,
    unknown: TRY_AGAIN,
    /** By the code of the error. The page cannot distinguish the causes of `cookies_not_kept`. */
    codes: {
      invalid_credentials: 'Incorrect email address or password.',
      wrong_password: 'Your current password is incorrect.',
      password_required: 'Please enter the password of this account.',
      email_taken: 'An account with this email address already exists. Sign in instead.',
      account_disabled: 'This account has been disabled.',
      cookies_not_kept:
        'Your browser isn’t keeping this site’s cookies, so you can’t stay signed in. Allow cookies for this site. If the address starts with http://, open it with https:// instead.',
      invalid_link: 'This link has expired or was already used.',
      reauthentication_required: 'For your security, sign in again to do this.',
      insufficient_user_authentication: SIGN_IN_AGAIN,
      session_revoked: SIGN_IN_AGAIN,
      session_expired: SIGN_IN_AGAIN,
      invalid_grant: SIGN_IN_AGAIN,
      invalid_token: SIGN_IN_AGAIN,
      token_stale: TRY_AGAIN,
      unconfirmed_device:
        'You can’t confirm this on a device that is new itself. Use one that you signed in on before.',
      insufficient_role: 'You don’t have permission to do this.',
      not_found: 'This no longer exists.',
      request_timeout: 'Your connection is too slow. Please try again.',
      internal_error: TRY_AGAIN,
      overloaded: 'The service is busy. Please try again in a moment.',
      service_unavailable:
        'The service is temporarily unavailable. Your devices stay signed in. Please try again in a moment.',
      mail_unavailable: 'This service can’t send email. Contact your administrator.',
      cross_site_request:
        'This page was opened at an address the service doesn’t recognize. Check the address and try again.',
      // The page's version does not match the service's, or a proxy changed the request.
      malformed_body: OUTDATED_PAGE,
      malformed_request: OUTDATED_PAGE,
      method_not_allowed: OUTDATED_PAGE,
      body_too_large: OUTDATED_PAGE,
      uri_too_long: OUTDATED_PAGE,
      unsupported_media_type: OUTDATED_PAGE,
      headers_too_large: OUTDATED_PAGE,
    },
    passwordRejected: 'Please choose a different password.',
    /** By the reason of `password_rejected`. */
    passwordReasons: {
      malformed: 'The password has characters that can’t be used. Please choose a different one.',
      too_short: 'The password must have at least 8 characters.',
      too_long: 'The password must have at most 256 characters.',
      common: 'This password is too easy to guess: it is, or resembles, a commonly used one.',
      context: 'The password must not be based on the email address or the name of the service.',
    },
    invalidInput: 'Please check what you entered.',
    /** By the name of the field that was refused. */
    fields: {
      email: 'Please enter a valid email address.',
      password: 'The password is too long or has characters that can’t be used.',
      current_password: 'The current password is too long or has characters that can’t be used.',
      new_password: 'The new password is too long or has characters that can’t be used.',
      name: 'The name must have 1 to 64 characters, and no control characters.',
    },
  },
};

/** What the document shows until its script has loaded. */
export const placeholder = {
  loading: 'Loading…',
  needsScript: 'Turn on JavaScript to use this page.',
};

/** The texts of the sign-in and the list of devices. */
export const account = {
  account: {
    title: 'Your devices',
    skip: 'Skip to your devices',
    confirmTitle: 'Confirm your email address',
    confirmText:
      'Open the link in the email we sent you. That way we know we can reach you if you forget your password.',
    resend: 'Resend email',
    resent: (email: string) => `An email to ${email} is on its way.`,
    locations: 'Locations are approximate.',
  },
  live: {
    live: 'Updating live',
    connecting: 'Connecting…',
    paused: 'Paused while you’re away',
    offline: 'You’re offline',
  },
  devices: {
    loading: 'Loading your devices',
    signedInOn: (count: number) =>
      plural(count, {
        one: 'You’re signed in only on this device.',
        other: 'You’re signed in on # devices.',
      }),
    thisDevice: 'This device',
    lastDay: 'Active in the last 24 hours',
    lastWeek: 'Active in the last 7 days',
    lastMonth: 'Active in the last 30 days',
    inactive: 'Not active for 30 days',
    signOutOthers: 'Sign out all other devices',
    signOutEverywhere: 'Sign out everywhere',
    search: 'Search devices',
    found: (count: number) =>
      count === 0
        ? 'No device matches your search.'
        : plural(count, { one: '# device found.', other: '# devices found.' }),
    showMore: (count: number) => plural(count, { one: 'Show # more device', other: 'Show # more devices' }),
    select: (name: string) => `Select ${name}`,
    selectAll: (group: string) => `Select all: ${group}`,
    selected: (count: number) => `${devices(count)} selected`,
    clearSelection: 'Clear selection',
    signOutSelected: (count: number) => `Sign out ${devices(count)}`,
    activeNow: 'Active now',
    active: <T>(time: T): (string | T)[] => ['Active ', time],
    details: 'Details',
    /** Read out after "Details". */
    detailsOf: <T>(name: T): (string | T)[] => [' of ', name],
    /** Read out after "Sign out". */
    signOutName: <T>(name: T): (string | T)[] => [' ', name],
    rename: 'Rename',
    /** Read out after "Rename". */
    renameName: <T>(name: T): (string | T)[] => [' ', name],
    name: 'Device name',
    save: 'Save',
    renamed: (name: string) => `Renamed to ${name}.`,
    device: 'Device',
    browser: 'Browser',
    location: 'Location',
    firstSignIn: 'First sign-in',
    unknown: 'Unknown device',
    browserOnSystem: (browser: string, system: string) => `${browser} on ${system}`,
    signedInElsewhere: (names: string) => `New sign-in: ${names}.`,
    signedOutElsewhere: (names: string, count: number) =>
      plural(count, { one: '{names} was signed out.', other: '{names} were signed out.' }).replace(
        '{names}',
        () => names,
      ),
  },
  /** About sign-ins from new devices, until they are answered. */
  questions: {
    title: (count: number) => plural(count, { one: 'Was this you?', other: 'Were these you?' }),
    text: (count: number) =>
      plural(count, {
        one: 'Someone signed in to your account on a new device.',
        other: 'Someone signed in to your account on new devices.',
      }),
    own: 'It was me',
    foreign: 'This wasn’t me',
    /** Read out after the label of a button. */
    onDevice: <T>(name: T): (string | T)[] => [' on ', name],
    confirmed: 'Thanks for confirming.',
    rejected: (name: string) =>
      `${name} is signed out. Whoever used it may know your password, so choose a new one now.`,
  },
  sessions: {
    count: (count: number) => plural(count, { one: '# session', other: '# sessions' }),
    countShown: (count: number, shown: number) => `${count} sessions; the ${shown} newest are shown`,
    current: <T>(signedIn: T): (string | T)[] => ['Signed in ', signedIn, ', current session'],
    other: <T>(signedIn: T, lastActive: T): (string | T)[] => [
      'Signed in ',
      signedIn,
      ', last active ',
      lastActive,
    ],
    /** Read out after "Sign out". */
    signOut: <T>(index: number, device: T): (string | T)[] => [` session ${index} on `, device],
    endedTitle: 'Ended sessions',
    noneEnded: 'No sessions ended in the last 30 days.',
  },
  revoke: {
    thisDeviceTitle: 'Sign out this device?',
    otherDeviceTitle: 'Sign out another device?',
    summary: (count: number) =>
      plural(count, {
        one: 'This device will be signed out right away:',
        other: 'These # devices will be signed out right away:',
      }),
    deviceDone: (name: string) => `Signed out ${name}.`,
    sessionTitle: 'Sign out this session?',
    sessionSummary: 'One session on this device will be signed out right away:',
    sessionDone: (device: string) => `Signed out a session on ${device}.`,
    someTitle: (count: number) => `Sign out ${devices(count)}?`,
    someConfirm: (count: number) => `Sign out ${devices(count)}`,
    someDone: (count: number) => `Signed out ${devices(count)}.`,
    othersTitle: 'Sign out all other devices?',
    othersDone: 'Signed out all other devices.',
    everywhereTitle: 'Sign out everywhere?',
    everywhereDone: 'You’re signed out everywhere.',
    thisDevice: (name: string) => `${name} (this device)`,
    includesCurrent: 'You’ll need to sign in again on this device.',
  },
  expiry: {
    stayTitle: 'Are you still there?',
    stayText: <T>(left: T): (string | T)[] => [
      'Because you haven’t done anything for a while, we’ll sign you out in ',
      left,
      '.',
    ],
    stay: 'Stay signed in',
    finalTitle: 'You’ll need to sign in again',
    finalText: <T>(left: T): (string | T)[] => [
      'You’ve been signed in for the maximum time, so this session ends in ',
      left,
      '.',
    ],
    ok: 'OK',
    /** What is left, in "ends in …". */
    left: seconds,
  },
  password: {
    title: 'Password',
    text: 'Changing your password signs out all your other devices.',
    change: 'Change password',
    changeTitle: 'Change your password',
    current: 'Current password',
    changed: 'Password changed. All your other devices are signed out.',
  },
  reauthentication: {
    title: 'Confirm it’s you',
    text: 'Enter your password to continue.',
    continue: 'Continue',
  },
  /** Why a session ended, in the list of ended sessions. */
  endReasons: {
    logout: 'Signed out on the device',
    replaced: 'Replaced by a new sign-in on the same device',
    terminated: 'Signed out from your list of devices',
    refresh_reuse: 'Signed out for your security because the session was used in two places',
    suspicious: 'Signed out for your security after unusual activity',
    device_limit: 'Signed out to make room for another device',
    session_limit: 'Signed out because of a newer sign-in',
    password_changed: 'Signed out when the password was changed',
    password_reset: 'Signed out when the password was reset',
    user_disabled: 'Signed out when the account was disabled',
    user_deleted: 'Signed out when the account was deleted',
    operator: 'Signed out by an administrator',
    disowned: 'Signed out because you reported it wasn’t you',
    idle_expired: 'Expired after a period of inactivity',
    absolute_expired: 'Expired after the maximum session length',
  },
  endReasonUnknown: 'Ended',
  events: {
    title: 'Recent security activity',
    none: 'No recent security activity.',
    kinds: {
      new_device_sign_in: 'Sign-in on a new device',
      sign_in_after_failures: 'Sign-in after several incorrect passwords',
      refresh_token_reused: 'A session was used in two places and has been signed out',
      refresh_token_shared: 'A session was renewed from two networks or apps at once',
      device_token_shared: 'A device’s sign-in data was used in two places',
      impossible_travel: 'Activity from locations too far apart to travel between in that time',
      client_changed: 'A session continued in a different browser or app',
      session_ended_suspicious: 'A session was signed out after unusual activity',
      password_changed: 'Password changed',
      password_reset: 'Password reset',
      email_confirmed: 'Email address confirmed',
      sign_in_confirmed: 'You confirmed that a sign-in was you',
      disowned: 'You reported that a sign-in wasn’t you',
    },
    ofDevice: <T>(description: string, device: T): (string | T)[] => [description, ': ', device],
  },
};

/** The texts of the pages that links in emails lead to. */
export const links = {
  notFound: {
    title: 'Page not found',
    text: 'There’s nothing at this address.',
  },
  confirmEmail: {
    title: 'Confirm your email address',
    button: 'Confirm email address',
    text: 'Confirm that you created an account with this email address.',
    needsPassword:
      'You’re not signed in to this account in this browser. Enter the password that you chose when you created it.',
    notMine: 'Didn’t create this account?',
    didNotRegister: 'I didn’t register',
    doneTitle: 'Email address confirmed',
    done: 'You’re all set.',
    newLink: 'If your email address isn’t confirmed yet, you can request a new link from your account.',
  },
  forgotPassword: {
    title: 'Forgot your password?',
    text: 'Enter your email address, and we’ll send you a password reset link.',
    send: 'Send reset link',
    noMail:
      'This service can’t send email, so you can’t reset your password here. Contact your administrator.',
    sentTitle: 'Check your email',
    sent: 'If an account exists for this address, a password reset link is on its way. It expires in 30 minutes.',
    notReceived: 'Didn’t get it?',
    back: 'Back to sign in',
  },
  invalidLink: {
    title: 'This link has expired or was already used',
    text: 'It may also be incomplete. If you just reloaded this page, open the link in your email again.',
    requestNew: 'Request a new link',
  },
  newPassword: {
    title: 'Set a new password',
    text: 'All your devices will be signed out.',
    button: 'Set new password',
    doneTitle: 'Your password has been reset',
    done: 'All your devices are signed out.',
    signInWithNew: 'Sign in with your new password.',
  },
  rejectRegistration: {
    title: 'Didn’t create this account?',
    button: 'Delete the account',
    back: 'Back',
    text: 'Someone created an account with your email address. We’ll sign it out on every device and delete it. You can create an account with this address yourself at any time.',
    doneTitle: 'The account was deleted',
    done: 'It is signed out on every device.',
    addressIsFree: 'Your email address is free again.',
    tooLate:
      'If the email address was confirmed in the meantime, the account can no longer be deleted with this link.',
  },
  rejectSignIn: {
    title: 'Don’t recognize this sign-in?',
    button: 'This wasn’t me',
    text: 'We’ll sign out and forget the device named in the email right away. Someone else may know your password, so it will stop working too. You’ll choose a new one in the next step.',
    wasMe: 'If it was you, you can close this page.',
    done: 'The device is signed out.',
    oldPassword: 'Your old password no longer works.',
    invalid:
      'If someone else may have access to your account, reset your password. This signs out all your devices.',
    reset: 'Reset your password',
  },
};

/** Every function of `events` gets the name of the product, or the host name of the service. */
export const mail = {
  emailConfirmation: {
    subject: 'Confirm your email address',
    opening: (product: string) => `Someone (hopefully you) registered at ${product} with this address.`,
    action: 'Confirm your email address',
    rejection: "I didn't register",
    closing:
      "To confirm, you need to be signed in or know the account's password. If you didn't register, the second link deletes the account. You can also ignore this email: the address stays unconfirmed. The links expire in 3 days.",
  },
  passwordReset: {
    subject: 'Reset your password',
    opening: (product: string) =>
      `Someone (hopefully you) asked to reset the password of your account at ${product}.`,
    action: 'Set a new password',
    closing:
      "This link works once and expires in 30 minutes. If you didn't ask for it, you can ignore this email: your password stays the same.",
  },
  /** For events that the user can undo. */
  signInRejection: {
    action: "This wasn't me",
    closing:
      'If this was you, there is nothing to do. If not, follow the link to sign that device out and choose a new password. The link works once and expires in 7 days.',
  },
  /** For many events in a short time, of which only some got a mail each. */
  noticeDigest: {
    subject: 'More activity in your account',
    opening: (product: string, count: number) =>
      plural(count, {
        one: 'There was # more security event in your account at {product}. You get this summary because we have already sent you many emails today.',
        other:
          'There were # more security events in your account at {product}. You get this summary instead of # emails.',
      }).replace('{product}', () => product),
    action: 'Review your account',
    closing: (resetUrl: string) =>
      `Your account lists each event with its time and location. If you don't recognize one of them, reset your password at ${resetUrl}.`,
  },
  /** The closing for all other events. */
  advice: (resetUrl: string) =>
    `If this wasn't you, reset your password at ${resetUrl} and review your devices.`,
  /** The closing for events after which the service revoked a session: its user may have noticed nothing else. */
  adviceAfterSignOut: (resetUrl: string) =>
    `To use that device again, sign in on it. If someone else may have access to your account, reset your password at ${resetUrl} and review your devices.`,
  events: {
    new_device_sign_in: {
      subject: 'New sign-in to your account',
      opening: (product: string) => `Someone signed in to your account at ${product} on a new device.`,
    },
    sign_in_after_failures: {
      subject: 'Your password may have been guessed',
      opening: (product: string) =>
        `Someone entered the correct password of your account at ${product} after several wrong attempts.`,
    },
    refresh_token_reused: {
      subject: 'You were signed out on a device',
      opening: (product: string) =>
        `A sign-in token of your account at ${product} was used twice, which suggests that it was copied. To protect your account, we ended that session.`,
    },
    refresh_token_shared: {
      subject: 'Unusual activity in your account',
      opening: (product: string) =>
        `A session of your account at ${product} was renewed from two networks or two apps at nearly the same time.`,
    },
    device_token_shared: {
      subject: 'A sign-in token may have been copied',
      opening: (product: string) =>
        `The token that identifies one of your devices at ${product} was used in a different browser or on a different system. It may have been copied.`,
    },
    impossible_travel: {
      subject: 'Unusual activity in your account',
      opening: (product: string) =>
        `Your account at ${product} was used from two locations that are too far apart for the time between the two uses.`,
    },
    client_changed: {
      subject: 'Unusual activity in your account',
      opening: (product: string) =>
        `A session of your account at ${product} continued in a different browser or app than the one it started in.`,
    },
    session_ended_suspicious: {
      subject: 'You were signed out on a device',
      opening: (product: string) =>
        `A session of your account at ${product} looked as if someone else was using it. To protect your account, we ended it.`,
    },
    password_changed: {
      subject: 'Your password was changed',
      opening: (product: string) =>
        `The password of your account at ${product} was changed, and all other devices were signed out.`,
    },
    password_reset: {
      subject: 'Your password was reset',
      opening: (product: string) =>
        `The password of your account at ${product} was reset with a link from an email, and all devices were signed out.`,
    },
  },
  details: {
    device: 'Device',
    client: 'Browser or app',
    location: 'Location',
    address: 'IP address',
    time: 'Time',
  },
  quoted: (text: string) => `“${text}”`,
  unknownDevice: 'Unknown device',
  browserOnSystem: (browser: string, system: string) => `${browser} on ${system}`,
  footer: (to: string, product: string) => `Sent to ${to} about your account at ${product}.`,
};
