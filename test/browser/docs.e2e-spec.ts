import { describeInChromium } from '../support/describe-in-chromium.js';
import { setUpPage } from '../support/page-set-up.js';

describeInChromium('the API documentation at /docs', () => {
  const site = setUpPage();

  it('begins with logins, and keeps the access token of a developer', async () => {
    const { access_token, email } = await site.service.api.newcomer();
    const page = await site.chromium.newPage();
    await page.goto(`${site.service.url}/docs`);
    expect(await page.locator('.opblock-tag').first().textContent()).toMatch(/^auth/);

    await page.getByRole('button', { name: 'Authorize' }).first().click();
    await page.getByLabel('auth-bearer-value').fill(access_token);
    await page.getByRole('button', { name: 'Apply credentials' }).first().click();
    await page.reload();

    const me = page.locator('#operations-auth-AuthController_me');
    await me
      .getByRole('button', { name: /\/auth\/me/ })
      .first()
      .click();
    await me.getByRole('button', { name: 'Try it out' }).click();
    await me.getByRole('button', { name: 'Execute' }).click();
    await me.locator('.live-responses-table').getByText(email).first().waitFor();
  });
});
