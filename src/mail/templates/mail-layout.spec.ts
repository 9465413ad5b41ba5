import { type MailContent, render } from './mail-layout.js';

const LINK = 'https://id.example.com/account/disown#token=lkm_A';

const content: MailContent = {
  subject: 'New sign-in to your account',
  opening: 'Someone signed in.',
  closing: "If it wasn't you, follow the link.",
};

describe('render', () => {
  it('leaves out the parts that a mail does not have', () => {
    const { to, subject, text, link } = render('ada@example.org', content);
    expect({ to, subject, link }).toEqual({ to: 'ada@example.org', subject: content.subject, link: null });
    expect(text).toBe("Someone signed in.\n\nIf it wasn't you, follow the link.\n");
  });

  it('separates the parts of the plain text with blank lines', () => {
    const details = [
      ['Device', '“Phone”'],
      ['Location', 'Lisbon'],
    ] as const;
    const action = { label: "This wasn't me", url: LINK };
    const { text, link } = render('ada@example.org', { ...content, details, action });
    expect(link).toBe(LINK);
    expect(text).toBe(`Someone signed in.

Device: “Phone”
Location: Lisbon

This wasn't me:
${LINK}

If it wasn't you, follow the link.
`);
  });

  it('escapes every value in the HTML part', () => {
    const hostile = `<img src="x" onerror='y'>&amp;`;
    const escaped = '&lt;img src=&quot;x&quot; onerror=&#39;y&#39;&gt;&amp;amp;';
    const { html } = render('ada@example.org', {
      subject: content.subject,
      opening: hostile,
      details: [[hostile, hostile]],
      action: { label: hostile, url: `${LINK}${hostile}` },
      closing: hostile,
    });
    expect(html.split(escaped)).toHaveLength(7);
    expect(html).not.toMatch(/<img|onerror='/);
  });
});
