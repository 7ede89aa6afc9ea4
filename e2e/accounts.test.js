// Accounts with roles: made on the command line while the program runs, entered by a link, used in the browser.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Connectors, Microsoft, Portal, Story, samples } from './pages.js'
import { command, open } from './workbench.js'

let workbench, known
const passwords = {}
before(async () => {
  workbench = await open()
  const connectors = new Connectors(await workbench.visit())
  known = await samples(connectors.page)
  // One connector is well, and one waits for somebody to press Authorize.
  const portal = new Portal(await workbench.visit(), workbench.portal)
  const registration = await portal.registration('Adatum Quiet')
  await connectors.open()
  await connectors.signIn('adatum', registration, { secret: await portal.secret() })
  await connectors.open()
  await connectors.child('adatum-mde')
})
after(() => workbench?.close())

// person adds an account, sets its password by the printed link, and gives the page.
async function person(name, role) {
  const page = await workbench.visit({ signedOut: true })
  const address = command('account', 'add', name, '--role', role, '--store', workbench.store).trim()
  assert.equal(new URL(address).origin, workbench.base)
  await page.goto(address)
  await page.getByRole('heading', { name: 'Set a password' }).waitFor()
  await page.getByText(`For the account ${name}`).waitFor()
  const password = `four words that fit ${name}`
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.getByLabel('The same again').fill('four words that do not')
  await page.getByRole('button', { name: 'Set password and sign in' }).click()
  await page.getByText('This is not the same.').waitFor()
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.getByLabel('The same again').fill(password)
  await page.getByRole('button', { name: 'Set password and sign in' }).click()
  await page.waitForURL(/\/stories/)
  passwords[name] = password
  const again = await page.context().newPage()
  await again.goto(address)
  await again.getByText('This link was used already, or its time is over.').waitFor()
  await again.close()
  return page
}

async function enter(page, name, password = passwords[name]) {
  await page.getByLabel('Account', { exact: true }).fill(name)
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
}

for (const [name, role, may] of [['vera', 'viewer', {}], ['anna', 'analyst', { act: true }], ['erik', 'integrations-editor', { edit: true }]]) {
  test(`${role}: a password by the link, out and in again, and what the pages offer`, async () => {
    const page = await person(name, role)
    await page.locator('summary').filter({ hasText: name }).click()
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.waitForURL(/\/sign-in/)
    await page.goto('/connectors')
    await page.waitForURL(/\/sign-in\?return=/)
    await enter(page, name, 'not the password of anybody')
    await page.getByRole('alert').filter({ hasText: 'Account and password do not fit together' }).waitFor()
    await enter(page, name)
    await page.waitForURL(/\/connectors$/)

    const connectors = new Connectors(page)
    await connectors.row('adatum-mde').getByText('Pending user consent', { exact: true }).waitFor()
    const main = page.getByRole('main')
    const buttons = await main.getByRole('button').evaluateAll(all => all.filter(b => b.closest('form')).map(b => b.textContent.trim()))
    if (may.edit) {
      assert.ok(buttons.some(b => /^Authorize/.test(b)), 'an editor may authorise')
      await connectors.begin('Microsoft 365')
    } else {
      assert.deepEqual(buttons, [], 'nothing to press')
      assert.equal(await connectors.new.count(), 0)
      for (const address of ['/connectors/new', '/connectors/setup']) assert.equal((await page.request.get(address)).status(), 403, address)
      const { id } = (await connectors.json())[0]
      for (const word of ['authorize', 'test', 'disable', 'delete']) assert.equal((await page.request.post(`/connectors/${id}/${word}`)).status(), 403, word)
    }
    for (const address of ['/integrations', '/integrations/configured']) {
      await page.goto(address)
      assert.equal(await connectors.new.count(), may.edit ? 1 : 0, address)
    }
    const story = new Story(page)
    await story.open(known.quiet.id)
    await story.heading.waitFor()
    assert.equal(await page.locator('#timeline-comment').count(), may.act ? 1 : 0, 'writing a comment')
  })
}

test('a session that ends while a comment is typed costs no word', async () => {
  const page = await person('tess', 'analyst')
  const story = new Story(page)
  await story.open(known.quiet.id)
  const words = 'Asked the owner; it was "planned" <b>since Monday</b>.\nSecond line.'
  await page.locator('#timeline-comment').fill(words)
  await page.context().request.post('/sign-out') // in another tab
  await story.timeline.getByRole('button', { name: 'Comment', exact: true }).click()
  await page.getByRole('heading', { name: 'Your session has ended' }).waitFor()
  await enter(page, 'tess')
  await page.getByRole('heading', { name: 'You are signed in again' }).waitFor()
  assert.equal(await page.getByRole('blockquote').innerText(), words)
  await page.getByRole('button', { name: 'Send what I typed' }).click()
  await story.timeline.getByText('Asked the owner; it was "planned" <b>since Monday</b>.').first().waitFor()
  assert.match(new URL(page.url()).pathname, new RegExp(`/stories/${known.quiet.id}`))
})

test('an account that is switched off is out at once', async () => {
  const page = await person('olaf', 'viewer')
  command('account', 'disable', 'olaf', '--store', workbench.store)
  await page.goto('/stories')
  await page.waitForURL(/\/sign-in/)
  await enter(page, 'olaf')
  await page.getByRole('alert').filter({ hasText: 'may not sign in' }).waitFor()
})
