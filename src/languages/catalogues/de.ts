import type {
  AboutLanguage,
  AccountTexts,
  LinkTexts,
  MailTexts,
  PageTexts,
  PlaceholderTexts,
} from '../language.js';
import { pluralOf } from '../plural.js';

export const about: AboutLanguage = { tag: 'de', direction: 'ltr', locale: 'de' };

const plural = pluralOf(about.tag);

const devices = (count: number) => plural(count, { one: '# Gerät', other: '# Geräte' });
/** Dative: "in 5 Sekunden". */
const seconds = (count: number) => plural(count, { one: '# Sekunde', other: '# Sekunden' });
const minutes = (count: number) => plural(count, { one: '# Minute', other: '# Minuten' });

const SIGN_IN_AGAIN = 'Sie sind nicht mehr angemeldet. Bitte melden Sie sich erneut an.';
const TRY_AGAIN = 'Etwas ist schiefgegangen. Bitte versuchen Sie es noch einmal.';
const OUTDATED_PAGE =
  'Diese Seite ist möglicherweise veraltet. Laden Sie sie neu und versuchen Sie es noch einmal.';

export const page: PageTexts = {
  document: {
    title: (page, product) => `${page} – ${product}`,
  },
  footer: {
    language: 'Sprache',
    backTo: (product) => `Zurück zu ${product}`,
  },
  common: {
    goToAccount: 'Zu Ihrem Konto',
    tryAgain: 'Noch einmal versuchen',
    cancel: 'Abbrechen',
    signIn: 'Anmelden',
    signOut: 'Abmelden',
    signedOut: 'Sie sind abgemeldet.',
    emailAddress: 'E-Mail-Adresse',
    password: 'Passwort',
    newPassword: 'Neues Passwort',
    passwordHint: 'Mindestens 8 Zeichen. Gut sind einige Wörter ohne Zusammenhang.',
    showPassword: 'Passwort anzeigen',
    showMore: 'Mehr anzeigen',
    showMoreOf: (title) => `: ${title}`,
    pending: ' Das gilt in wenigen Augenblicken überall.',
    justNow: 'gerade eben',
    place: (city, country) => `${city}, ${country}`,
  },
  signIn: {
    createAccount: 'Konto anlegen',
    hasAccount: 'Sie haben schon ein Konto?',
    isNew: 'Sie sind neu hier?',
    forgotPassword: 'Passwort vergessen?',
  },
  signedOutBecause: {
    logout: 'Sie sind abgemeldet.',
    replaced: 'Sie wurden abgemeldet, weil Sie sich in diesem Browser neu angemeldet haben.',
    terminated: 'Dieses Gerät wurde in Ihrer Liste der Geräte abgemeldet.',
    refresh_reuse:
      'Zu Ihrer Sicherheit haben wir Sie abgemeldet, weil eine Kopie dieser Sitzung anderswo benutzt wurde. Falls Sie das nicht waren, ändern Sie Ihr Passwort.',
    suspicious:
      'Zu Ihrer Sicherheit haben wir Sie nach ungewöhnlicher Aktivität abgemeldet. Falls Sie das nicht waren, ändern Sie Ihr Passwort.',
    device_limit: 'Sie wurden abgemeldet, weil Sie sich auf mehr Geräten angemeldet haben, als erlaubt sind.',
    session_limit: 'Sie wurden abgemeldet, weil Sie sich anderswo angemeldet haben.',
    password_changed: 'Sie wurden abgemeldet, weil Ihr Passwort geändert wurde.',
    password_reset: 'Sie wurden abgemeldet, weil Ihr Passwort zurückgesetzt wurde.',
    user_disabled: 'Ihr Konto wurde gesperrt.',
    user_deleted: 'Ihr Konto wurde gelöscht.',
    operator: 'Die Administration hat Sie abgemeldet.',
    disowned: 'Sie wurden abgemeldet, weil diese Anmeldung als unberechtigt gemeldet wurde.',
    idle_expired: 'Sie wurden abgemeldet, weil Sie zu lange nicht aktiv waren.',
    absolute_expired: 'Ihre Sitzung ist abgelaufen. Bitte melden Sie sich erneut an.',
  },
  unusualActivity:
    'Uns ist in dieser Sitzung ungewöhnliche Aktivität aufgefallen. Bitte melden Sie sich erneut an.',
  signedOutUnknown: 'Sie wurden abgemeldet.',
  errors: {
    unreachable:
      'Der Dienst ist nicht erreichbar. Prüfen Sie Ihre Verbindung und versuchen Sie es noch einmal.',
    tooManyAttempts: 'Zu viele Versuche. Versuchen Sie es später noch einmal.',
    tooManyAttemptsFor: (wait) =>
      `Zu viele Versuche. Versuchen Sie es in ${wait < 90 ? seconds(wait) : minutes(Math.ceil(wait / 60))} noch einmal.`,
    signedOut: SIGN_IN_AGAIN,
    unknown: TRY_AGAIN,
    codes: {
      invalid_credentials: 'Die E-Mail-Adresse oder das Passwort ist falsch.',
      wrong_password: 'Ihr bisheriges Passwort ist falsch.',
      password_required: 'Bitte geben Sie das Passwort dieses Kontos ein.',
      email_taken: 'Mit dieser E-Mail-Adresse gibt es schon ein Konto. Melden Sie sich an.',
      account_disabled: 'Dieses Konto wurde gesperrt.',
      cookies_not_kept:
        'Ihr Browser behält die Cookies dieser Website nicht. Deshalb können Sie nicht angemeldet bleiben. Erlauben Sie sie, und öffnen Sie die Website mit https:// statt http://.',
      invalid_link: 'Dieser Link ist abgelaufen oder wurde schon benutzt.',
      reauthentication_required: 'Melden Sie sich dafür zu Ihrer Sicherheit erneut an.',
      insufficient_user_authentication: SIGN_IN_AGAIN,
      session_revoked: SIGN_IN_AGAIN,
      session_expired: SIGN_IN_AGAIN,
      invalid_grant: SIGN_IN_AGAIN,
      invalid_token: SIGN_IN_AGAIN,
      token_stale: TRY_AGAIN,
      unconfirmed_device: 'Dieses Gerät ist selbst neu. Bestätigen Sie das auf einem anderen.',
      insufficient_role: 'Dazu sind Sie nicht berechtigt.',
      not_found: 'Das gibt es nicht mehr.',
      request_timeout: 'Ihre Verbindung ist zu langsam. Bitte versuchen Sie es noch einmal.',
      internal_error: TRY_AGAIN,
      overloaded: 'Der Dienst ist ausgelastet. Bitte versuchen Sie es gleich noch einmal.',
      service_unavailable:
        'Der Dienst ist vorübergehend nicht verfügbar. Ihre Geräte bleiben angemeldet. Bitte versuchen Sie es gleich noch einmal.',
      mail_unavailable: 'Dieser Dienst kann keine E-Mails senden. Wenden Sie sich an die Administration.',
      cross_site_request:
        'Diese Seite wurde unter einer Adresse geöffnet, die der Dienst nicht kennt. Prüfen Sie die Adresse.',
      malformed_body: OUTDATED_PAGE,
      malformed_request: OUTDATED_PAGE,
      method_not_allowed: OUTDATED_PAGE,
      body_too_large: OUTDATED_PAGE,
      uri_too_long: OUTDATED_PAGE,
      unsupported_media_type: OUTDATED_PAGE,
      headers_too_large: OUTDATED_PAGE,
    },
    passwordRejected: 'Bitte wählen Sie ein anderes Passwort.',
    passwordReasons: {
      malformed: 'Das Passwort enthält Zeichen, die nicht möglich sind. Bitte wählen Sie ein anderes.',
      too_short: 'Das Passwort muss mindestens 8 Zeichen haben.',
      too_long: 'Das Passwort darf höchstens 256 Zeichen haben.',
      common: 'Dieses Passwort ist zu leicht zu erraten: Viele benutzen es oder ein ähnliches.',
      context: 'Das Passwort darf nicht auf der E-Mail-Adresse oder dem Namen des Dienstes beruhen.',
    },
    invalidInput: 'Bitte prüfen Sie Ihre Eingabe.',
    fields: {
      email: 'Bitte geben Sie eine gültige E-Mail-Adresse ein.',
      password: 'Das Passwort ist zu lang oder enthält Zeichen, die nicht möglich sind.',
      current_password: 'Das bisherige Passwort ist zu lang oder enthält Zeichen, die nicht möglich sind.',
      new_password: 'Das neue Passwort ist zu lang oder enthält Zeichen, die nicht möglich sind.',
      name: 'Der Name muss 1 bis 64 Zeichen haben und darf keine Steuerzeichen enthalten.',
    },
  },
};

export const placeholder: PlaceholderTexts = {
  loading: 'Wird geladen …',
  needsScript: 'Bitte schalten Sie JavaScript ein, um diese Seite zu benutzen.',
};

export const account: AccountTexts = {
  account: {
    title: 'Ihre Geräte',
    skip: 'Direkt zu Ihren Geräten',
    confirmTitle: 'Bestätigen Sie Ihre E-Mail-Adresse',
    confirmText:
      'Öffnen Sie den Link in unserer E-Mail. So erreichen wir Sie, falls Sie Ihr Passwort vergessen.',
    resend: 'E-Mail erneut senden',
    resent: (email) => `Eine E-Mail an ${email} ist unterwegs.`,
    locations: 'Die Orte sind Näherungen.',
  },
  live: {
    live: 'Wird laufend aktualisiert',
    connecting: 'Verbindung wird hergestellt …',
    paused: 'Angehalten, während Sie weg sind',
    offline: 'Sie sind offline',
  },
  devices: {
    loading: 'Ihre Geräte werden geladen',
    signedInOn: (count) =>
      plural(count, {
        one: 'Sie sind nur auf diesem Gerät angemeldet.',
        other: 'Sie sind auf # Geräten angemeldet.',
      }),
    thisDevice: 'Dieses Gerät',
    lastDay: 'Aktiv in den letzten 24 Stunden',
    lastWeek: 'Aktiv in den letzten 7 Tagen',
    lastMonth: 'Aktiv in den letzten 30 Tagen',
    inactive: 'Seit 30 Tagen nicht aktiv',
    signOutOthers: 'Alle anderen Geräte abmelden',
    signOutEverywhere: 'Überall abmelden',
    search: 'Geräte suchen',
    found: (count) =>
      count === 0
        ? 'Kein Gerät passt zu Ihrer Suche.'
        : plural(count, { one: '# Gerät gefunden.', other: '# Geräte gefunden.' }),
    showMore: (count) =>
      plural(count, { one: '# weiteres Gerät anzeigen', other: '# weitere Geräte anzeigen' }),
    select: (name) => `${name} auswählen`,
    selectAll: (group) => `Alle auswählen: ${group}`,
    selected: (count) => `${devices(count)} ausgewählt`,
    clearSelection: 'Auswahl aufheben',
    signOutSelected: (count) => `${devices(count)} abmelden`,
    activeNow: 'Jetzt aktiv',
    active: (time) => ['Aktiv ', time],
    details: 'Details',
    detailsOf: (name) => [' zu ', name],
    signOutName: (name) => [': ', name],
    rename: 'Umbenennen',
    renameName: (name) => [': ', name],
    name: 'Name des Geräts',
    save: 'Speichern',
    renamed: (name) => `Umbenannt in ${name}.`,
    device: 'Gerät',
    browser: 'Browser',
    location: 'Ort',
    firstSignIn: 'Erste Anmeldung',
    unknown: 'Unbekanntes Gerät',
    browserOnSystem: (browser, system) => `${browser} auf ${system}`,
    signedInElsewhere: (names) => `Neue Anmeldung: ${names}.`,
    signedOutElsewhere: (names, count) =>
      plural(count, { one: '{names} wurde abgemeldet.', other: '{names} wurden abgemeldet.' }).replace(
        '{names}',
        () => names,
      ),
  },
  questions: {
    title: () => 'Waren Sie das?',
    text: (count) =>
      plural(count, {
        one: 'Jemand hat sich auf einem neuen Gerät bei Ihrem Konto angemeldet.',
        other: 'Jemand hat sich auf neuen Geräten bei Ihrem Konto angemeldet.',
      }),
    own: 'Das war ich',
    foreign: 'Das war ich nicht',
    onDevice: (name) => [': ', name],
    confirmed: 'Danke.',
    rejected: (name) =>
      `${name} ist abgemeldet. Wer es benutzt hat, kennt vielleicht Ihr Passwort: Wählen Sie ein neues.`,
  },
  sessions: {
    count: (count) => plural(count, { one: '# Sitzung', other: '# Sitzungen' }),
    countShown: (count, shown) => `${count} Sitzungen; die ${shown} neuesten sind zu sehen`,
    current: (signedIn) => ['Angemeldet ', signedIn, ', aktuelle Sitzung'],
    other: (signedIn, lastActive) => ['Angemeldet ', signedIn, ', zuletzt aktiv ', lastActive],
    signOut: (index, device) => [`: Sitzung ${index} auf `, device],
    endedTitle: 'Beendete Sitzungen',
    noneEnded: 'In den letzten 30 Tagen wurde keine Sitzung beendet.',
  },
  revoke: {
    thisDeviceTitle: 'Dieses Gerät abmelden?',
    otherDeviceTitle: 'Ein anderes Gerät abmelden?',
    summary: (count) =>
      plural(count, {
        one: 'Dieses Gerät wird sofort abgemeldet:',
        other: 'Diese # Geräte werden sofort abgemeldet:',
      }),
    deviceDone: (name) => `${name} ist abgemeldet.`,
    sessionTitle: 'Diese Sitzung abmelden?',
    sessionSummary: 'Eine Sitzung auf diesem Gerät wird sofort abgemeldet:',
    sessionDone: (device) => `Eine Sitzung auf ${device} ist abgemeldet.`,
    someTitle: (count) => `${devices(count)} abmelden?`,
    someConfirm: (count) => `${devices(count)} abmelden`,
    someDone: (count) =>
      plural(count, { one: '# Gerät ist abgemeldet.', other: '# Geräte sind abgemeldet.' }),
    othersTitle: 'Alle anderen Geräte abmelden?',
    othersDone: 'Alle anderen Geräte sind abgemeldet.',
    everywhereTitle: 'Überall abmelden?',
    everywhereDone: 'Sie sind überall abgemeldet.',
    thisDevice: (name) => `${name} (dieses Gerät)`,
    includesCurrent: 'Auf diesem Gerät müssen Sie sich danach neu anmelden.',
  },
  expiry: {
    stayTitle: 'Sind Sie noch da?',
    stayText: (left) => ['Sie waren lange nicht aktiv. Wir melden Sie in ', left, ' ab.'],
    stay: 'Angemeldet bleiben',
    finalTitle: 'Sie müssen sich bald neu anmelden',
    finalText: (left) => [
      'Sie sind so lange angemeldet, wie es höchstens möglich ist. Deshalb endet diese Sitzung in ',
      left,
      '.',
    ],
    ok: 'OK',
    left: seconds,
  },
  password: {
    title: 'Passwort',
    text: 'Wenn Sie Ihr Passwort ändern, werden alle Ihre anderen Geräte abgemeldet.',
    change: 'Passwort ändern',
    changeTitle: 'Ihr Passwort ändern',
    current: 'Bisheriges Passwort',
    changed: 'Das Passwort ist geändert. Alle Ihre anderen Geräte sind abgemeldet.',
  },
  reauthentication: {
    title: 'Bestätigen Sie, dass Sie es sind',
    text: 'Geben Sie Ihr Passwort ein, um fortzufahren.',
    continue: 'Weiter',
  },
  endReasons: {
    logout: 'Auf dem Gerät abgemeldet',
    replaced: 'Durch eine neue Anmeldung auf demselben Gerät ersetzt',
    terminated: 'In Ihrer Liste der Geräte abgemeldet',
    refresh_reuse: 'Zu Ihrer Sicherheit abgemeldet, weil die Sitzung an zwei Orten benutzt wurde',
    suspicious: 'Zu Ihrer Sicherheit nach ungewöhnlicher Aktivität abgemeldet',
    device_limit: 'Abgemeldet, um Platz für ein anderes Gerät zu schaffen',
    session_limit: 'Wegen einer neueren Anmeldung abgemeldet',
    password_changed: 'Abgemeldet, als das Passwort geändert wurde',
    password_reset: 'Abgemeldet, als das Passwort zurückgesetzt wurde',
    user_disabled: 'Abgemeldet, als das Konto gesperrt wurde',
    user_deleted: 'Abgemeldet, als das Konto gelöscht wurde',
    operator: 'Von der Administration abgemeldet',
    disowned: 'Abgemeldet, weil Sie gemeldet haben, dass Sie es nicht waren',
    idle_expired: 'Nach längerer Inaktivität abgelaufen',
    absolute_expired: 'Nach der Höchstdauer einer Sitzung abgelaufen',
  },
  endReasonUnknown: 'Beendet',
  events: {
    title: 'Letzte Sicherheitsereignisse',
    none: 'In letzter Zeit gab es keine Sicherheitsereignisse.',
    kinds: {
      new_device_sign_in: 'Anmeldung auf einem neuen Gerät',
      sign_in_after_failures: 'Anmeldung nach mehreren falschen Passwörtern',
      refresh_token_reused: 'Eine Sitzung wurde an zwei Orten benutzt und abgemeldet',
      refresh_token_shared: 'Eine Sitzung wurde gleichzeitig aus zwei Netzen oder Apps erneuert',
      device_token_shared: 'Die Anmeldedaten eines Geräts wurden an zwei Orten benutzt',
      impossible_travel: 'Aktivität an Orten, die zu weit auseinanderliegen',
      client_changed: 'Eine Sitzung wurde in einem anderen Browser oder einer anderen App fortgesetzt',
      session_ended_suspicious: 'Eine Sitzung wurde nach ungewöhnlicher Aktivität abgemeldet',
      password_changed: 'Passwort geändert',
      password_reset: 'Passwort zurückgesetzt',
      email_confirmed: 'E-Mail-Adresse bestätigt',
      sign_in_confirmed: 'Sie haben bestätigt, dass eine Anmeldung von Ihnen war',
      disowned: 'Sie haben gemeldet, dass eine Anmeldung nicht von Ihnen war',
    },
    ofDevice: (description, device) => [description, ': ', device],
  },
};

export const links: LinkTexts = {
  notFound: {
    title: 'Seite nicht gefunden',
    text: 'Unter dieser Adresse gibt es nichts.',
  },
  confirmEmail: {
    title: 'Bestätigen Sie Ihre E-Mail-Adresse',
    button: 'E-Mail-Adresse bestätigen',
    text: 'Bestätigen Sie, dass Sie mit dieser E-Mail-Adresse ein Konto angelegt haben.',
    needsPassword:
      'Sie sind in diesem Browser nicht bei diesem Konto angemeldet. Geben Sie das Passwort ein, das Sie beim Anlegen des Kontos gewählt haben.',
    notMine: 'Sie haben dieses Konto nicht angelegt?',
    didNotRegister: 'Ich habe mich nicht registriert',
    doneTitle: 'E-Mail-Adresse bestätigt',
    done: 'Alles ist erledigt.',
    newLink:
      'Falls Ihre E-Mail-Adresse noch nicht bestätigt ist, können Sie in Ihrem Konto einen neuen Link anfordern.',
  },
  forgotPassword: {
    title: 'Passwort vergessen?',
    text: 'Geben Sie Ihre E-Mail-Adresse ein. Wir schicken Ihnen einen Link, mit dem Sie Ihr Passwort zurücksetzen.',
    send: 'Link senden',
    noMail:
      'Dieser Dienst kann keine E-Mails senden. Deshalb können Sie Ihr Passwort hier nicht zurücksetzen. Wenden Sie sich an die Administration.',
    sentTitle: 'Sehen Sie in Ihren E-Mails nach',
    sent: 'Falls es zu dieser Adresse ein Konto gibt, ist ein Link zum Zurücksetzen des Passworts unterwegs. Er gilt 30 Minuten.',
    notReceived: 'Nichts angekommen?',
    back: 'Zurück zur Anmeldung',
  },
  invalidLink: {
    title: 'Dieser Link ist abgelaufen oder wurde schon benutzt',
    text: 'Vielleicht ist er auch unvollständig. Falls Sie diese Seite gerade neu geladen haben, öffnen Sie den Link in Ihrer E-Mail noch einmal.',
    requestNew: 'Neuen Link anfordern',
  },
  newPassword: {
    title: 'Neues Passwort festlegen',
    text: 'Alle Ihre Geräte werden dabei abgemeldet.',
    button: 'Neues Passwort festlegen',
    doneTitle: 'Ihr Passwort ist zurückgesetzt',
    done: 'Alle Ihre Geräte sind abgemeldet.',
    signInWithNew: 'Melden Sie sich mit Ihrem neuen Passwort an.',
  },
  rejectRegistration: {
    title: 'Sie haben dieses Konto nicht angelegt?',
    button: 'Konto löschen',
    back: 'Zurück',
    text: 'Jemand hat mit Ihrer E-Mail-Adresse ein Konto angelegt. Wir melden es auf allen Geräten ab und löschen es. Sie können mit dieser Adresse jederzeit selbst ein Konto anlegen.',
    doneTitle: 'Das Konto ist gelöscht',
    done: 'Es ist auf allen Geräten abgemeldet.',
    addressIsFree: 'Ihre E-Mail-Adresse ist wieder frei.',
    tooLate:
      'Falls die E-Mail-Adresse inzwischen bestätigt wurde, lässt sich das Konto mit diesem Link nicht mehr löschen.',
  },
  rejectSignIn: {
    title: 'Sie kennen diese Anmeldung nicht?',
    button: 'Das war ich nicht',
    text: 'Wir melden das Gerät aus der E-Mail sofort ab und vergessen es. Vielleicht kennt jemand anderes Ihr Passwort. Deshalb gilt auch das Passwort dann nicht mehr. Im nächsten Schritt wählen Sie ein neues.',
    wasMe: 'Wenn Sie es selbst waren, können Sie diese Seite schließen.',
    done: 'Das Gerät ist abgemeldet.',
    oldPassword: 'Ihr altes Passwort gilt nicht mehr.',
    invalid:
      'Falls jemand anderes Zugriff auf Ihr Konto haben könnte, setzen Sie Ihr Passwort zurück. Dabei werden alle Ihre Geräte abgemeldet.',
    reset: 'Passwort zurücksetzen',
  },
};

export const mail: MailTexts = {
  emailConfirmation: {
    subject: 'Bestätigen Sie Ihre E-Mail-Adresse',
    opening: (product) => `Jemand (hoffentlich Sie) hat sich bei ${product} mit dieser Adresse registriert.`,
    action: 'E-Mail-Adresse bestätigen',
    rejection: 'Ich habe mich nicht registriert',
    closing:
      'Zum Bestätigen müssen Sie angemeldet sein oder das Passwort des Kontos kennen. Falls Sie sich nicht registriert haben, löschen Sie das Konto mit dem zweiten Link. Sie können diese E-Mail auch ignorieren: Dann bleibt die Adresse unbestätigt. Die Links gelten 3 Tage.',
  },
  passwordReset: {
    subject: 'Setzen Sie Ihr Passwort zurück',
    opening: (product) =>
      `Jemand (hoffentlich Sie) möchte das Passwort Ihres Kontos bei ${product} zurücksetzen.`,
    action: 'Neues Passwort festlegen',
    closing:
      'Dieser Link funktioniert einmal und gilt 30 Minuten. Falls Sie ihn nicht angefordert haben, können Sie diese E-Mail ignorieren: Ihr Passwort bleibt, wie es ist.',
  },
  signInRejection: {
    action: 'Das war ich nicht',
    closing:
      'Falls Sie das waren, müssen Sie nichts tun. Falls nicht, melden Sie das Gerät mit dem Link ab und wählen Sie ein neues Passwort. Der Link funktioniert einmal und gilt 7 Tage.',
  },
  noticeDigest: {
    subject: 'Weitere Aktivität in Ihrem Konto',
    opening: (product, count) =>
      plural(count, {
        one: 'In Ihrem Konto bei {product} gab es # weiteres sicherheitsrelevantes Ereignis. Sie bekommen diese Zusammenfassung, weil wir Ihnen heute schon viele E-Mails geschickt haben.',
        other:
          'In Ihrem Konto bei {product} gab es # weitere sicherheitsrelevante Ereignisse. Sie bekommen diese Zusammenfassung statt # einzelner E-Mails.',
      }).replace('{product}', () => product),
    action: 'Konto überprüfen',
    closing: (resetUrl) =>
      `In Ihrem Konto steht jedes Ereignis mit Zeit und Ort. Falls Sie eines davon nicht kennen, setzen Sie Ihr Passwort zurück: ${resetUrl}`,
  },
  advice: (resetUrl) =>
    `Falls Sie das nicht waren, prüfen Sie Ihre Geräte und setzen Sie Ihr Passwort zurück: ${resetUrl}`,
  adviceAfterSignOut: (resetUrl) =>
    `Um das Gerät wieder zu benutzen, melden Sie sich dort neu an. Falls jemand anderes Zugriff auf Ihr Konto haben könnte, prüfen Sie Ihre Geräte und setzen Sie Ihr Passwort zurück: ${resetUrl}`,
  events: {
    new_device_sign_in: {
      subject: 'Neue Anmeldung in Ihrem Konto',
      opening: (product) => `Jemand hat sich auf einem neuen Gerät in Ihrem Konto bei ${product} angemeldet.`,
    },
    sign_in_after_failures: {
      subject: 'Ihr Passwort wurde vielleicht erraten',
      opening: (product) =>
        `Jemand hat nach mehreren falschen Versuchen das richtige Passwort Ihres Kontos bei ${product} eingegeben.`,
    },
    refresh_token_reused: {
      subject: 'Sie wurden auf einem Gerät abgemeldet',
      opening: (product) =>
        `Ein Anmeldeschlüssel Ihres Kontos bei ${product} wurde zweimal benutzt. Vermutlich wurde er kopiert. Um Ihr Konto zu schützen, haben wir diese Sitzung beendet.`,
    },
    refresh_token_shared: {
      subject: 'Ungewöhnliche Aktivität in Ihrem Konto',
      opening: (product) =>
        `Eine Sitzung Ihres Kontos bei ${product} wurde fast gleichzeitig aus zwei Netzen oder zwei Apps erneuert.`,
    },
    device_token_shared: {
      subject: 'Ein Anmeldeschlüssel wurde vielleicht kopiert',
      opening: (product) =>
        `Der Schlüssel, an dem wir eines Ihrer Geräte bei ${product} erkennen, wurde in einem anderen Browser oder auf einem anderen System benutzt. Vielleicht wurde er kopiert.`,
    },
    impossible_travel: {
      subject: 'Ungewöhnliche Aktivität in Ihrem Konto',
      opening: (product) =>
        `Ihr Konto bei ${product} wurde an zwei Orten benutzt, die für die Zeit dazwischen zu weit auseinanderliegen.`,
    },
    client_changed: {
      subject: 'Ungewöhnliche Aktivität in Ihrem Konto',
      opening: (product) =>
        `Eine Sitzung Ihres Kontos bei ${product} wurde in einem anderen Browser oder einer anderen App fortgesetzt als der, in der sie begann.`,
    },
    session_ended_suspicious: {
      subject: 'Sie wurden auf einem Gerät abgemeldet',
      opening: (product) =>
        `Es sah so aus, als ob jemand anderes eine Sitzung Ihres Kontos bei ${product} benutzt. Um Ihr Konto zu schützen, haben wir sie beendet.`,
    },
    password_changed: {
      subject: 'Ihr Passwort wurde geändert',
      opening: (product) =>
        `Das Passwort Ihres Kontos bei ${product} wurde geändert. Alle anderen Geräte wurden abgemeldet.`,
    },
    password_reset: {
      subject: 'Ihr Passwort wurde zurückgesetzt',
      opening: (product) =>
        `Das Passwort Ihres Kontos bei ${product} wurde mit einem Link aus einer E-Mail zurückgesetzt. Alle Geräte wurden abgemeldet.`,
    },
  },
  details: {
    device: 'Gerät',
    client: 'Browser oder App',
    location: 'Ort',
    address: 'IP-Adresse',
    time: 'Zeit',
  },
  quoted: (text) => `„${text}“`,
  unknownDevice: 'Unbekanntes Gerät',
  browserOnSystem: (browser, system) => `${browser} auf ${system}`,
  footer: (to, product) => `Gesendet an ${to}, weil es um Ihr Konto bei ${product} geht.`,
};
