// Whose application reads a tenant, and consent by somebody who has no account here: against a simulated Microsoft.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { Connectors, Microsoft, Portal } from './pages.js'
import { open } from './workbench.js'

const apps = { shared: 'Stories Workbench for customers', parent: 'Stories Workbench, parent' }

async function begin(t) {
  const workbench = await open()
  t.after(() => workbench.close())
  const connectors = new Connectors(await workbench.visit({ viewport: { width: 1680, height: 1000 } }))
  const portal = new Portal(await workbench.visit(), workbench.portal)
  return { workbench, connectors, portal, page: connectors.page }
}

// uploaded takes the certificate that a page offers to the app registration that is open in the portal.
async function uploaded(page, portal) {
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'Download certificate' }).first().click()])
  await portal.upload(await file.path())
}

// shared adds an app that many tenants share, and gives Microsoft its certificate.
async function shared(page, portal, name) {
  const registration = await portal.registration('Tailspin Toys', apps.shared)
  await page.goto('/connectors/apps')
  await page.getByRole('link', { name: 'New shared app' }).first().click()
  await page.getByLabel('Name', { exact: true }).fill(name)
  await page.getByLabel('Home tenant, id or domain').fill('tailspin.example')
  await page.getByLabel('Application (client) id').fill(registration.client)
  await page.getByLabel('Object id').fill(registration.object)
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('heading', { level: 1, name }).waitFor()
  await uploaded(page, portal)
  for (const until = Date.now() + 30_000; await page.getByText('Certificate to upload').isVisible() && Date.now() < until;) { // Microsoft takes its time
    await Promise.all([page.waitForNavigation(), page.getByRole('button', { name: 'Test' }).click()])
  }
  assert.ok(!await page.getByText('Certificate to upload').isVisible(), 'Microsoft accepts the certificate')
}

// customer adds a connector for a tenant that shares an app, up to the page that leads to Microsoft, and closes that.
async function customer(connectors, name, tenant, app) {
  await connectors.open()
  await connectors.begin('Microsoft 365')
  await connectors.panel.getByRole('radio', { name: /^A shared app|^Shared app/ }).check()
  const choice = connectors.panel.getByLabel('Shared app', { exact: true }).and(connectors.page.locator('select'))
  const label = await choice.locator('option').filter({ hasText: app }).innerText()
  await choice.selectOption({ label })
  await connectors.fill({ 'Connector Name': name, 'Tenant id or domain': tenant })
  const tab = await connectors.leave(connectors.panel.getByRole('button', { name: 'Authorize and Save' }))
  await tab.close()
  await connectors.page.goto('/connectors/' + (await connectors.json()).find(c => c.name === name).id)
  await connectors.page.getByRole('heading', { level: 1, name }).waitFor()
}

// linked makes a consent link on the page of a connector and gives its address.
async function linked(page) {
  await page.getByRole('button', { name: 'Copy consent link' }).click()
  const field = page.getByLabel(/^Hand it on to/)
  await field.waitFor()
  return field.inputValue()
}

test('an administrator of a customer consents by a link, in a browser without an account, and an editor confirms', async t => {
  const { workbench, connectors, portal, page } = await begin(t)
  await shared(page, portal, 'Our customers')
  await customer(connectors, 'adatum', 'adatum.example', 'Our customers')
  const address = await linked(page)

  const stranger = await workbench.visit({ signedOut: true })
  await stranger.goto(address)
  await stranger.getByRole('heading', { name: 'Consent for the Stories Workbench' }).waitFor()
  for (const words of ['adatum.example', 'Global Administrator', 'Application Administrator may not', 'Read all security incidents']) await stranger.getByText(words).first().waitFor()
  const other = await workbench.visit({ signedOut: true }) // a second browser that opened it, too
  await other.goto(address)
  await stranger.getByRole('button', { name: 'Continue to Microsoft' }).click()
  await stranger.waitForURL(/\/adminconsent/)
  const microsoft = new Microsoft(stranger)
  await microsoft.choose('Priya Roles')
  assert.match(await microsoft.asked(), /Read all security alerts/)
  await microsoft.accept()
  await stranger.waitForURL(/\/oauth2\/v2\.0\/authorize|\/connectors\/callback/)
  if (/authorize/.test(stranger.url())) {
    await microsoft.choose('Priya Roles')
    await Promise.race([microsoft.asked().then(() => microsoft.accept()), stranger.waitForURL(/\/connectors\/callback/)])
  }
  await stranger.waitForURL(/\/connectors\/callback/)
  await stranger.getByText('You consented for').waitFor()
  assert.deepEqual((await stranger.context().cookies(workbench.base)).filter(c => /session/i.test(c.name)), [], 'the browser is signed in')
  assert.equal((await stranger.request.get('/stories', { maxRedirects: 0 })).status(), 303)

  // The link leads nowhere any more, for whoever has it.
  await other.getByRole('button', { name: 'Continue to Microsoft' }).click()
  await other.getByText(/used/i).first().waitFor()
  assert.ok(!/microsoft/.test(new URL(other.url()).host))

  // Nothing is read until somebody here confirms.
  await page.reload()
  await page.getByText('priya@adatum.example').first().waitFor()
  await page.getByRole('button', { name: 'Confirm', exact: true }).click()
  await page.getByText('Connected', { exact: true }).first().waitFor()
  await connectors.open()
  await connectors.child('adatum-mde', 'Microsoft Defender for Endpoint')
  await connectors.status('adatum-mde', 'Connected')
})

test('an Application Administrator may not consent, and a withdrawn link is no link', async t => {
  const { workbench, connectors, portal, page } = await begin(t)
  await shared(page, portal, 'Our customers')
  await customer(connectors, 'adatum', 'adatum.example', 'Our customers')
  const address = await linked(page)
  const stranger = await workbench.visit({ signedOut: true })
  await stranger.goto(address)
  await stranger.getByRole('button', { name: 'Continue to Microsoft' }).click()
  await stranger.waitForURL(/\/adminconsent/)
  await new Microsoft(stranger).choose('Alex Apps')
  await stranger.getByText(/Need admin approval/i).first().waitFor()
  await page.getByRole('button', { name: 'Withdraw' }).click()
  await page.getByRole('button', { name: 'Withdraw' }).waitFor({ state: 'detached' })
  const answer = await stranger.goto(address)
  assert.equal(answer.status(), 404)
})

test('a parent that manages apps makes one for its child, and only that reads', async t => {
  const { connectors, portal, page } = await begin(t)
  const registration = await portal.registration('Tailspin Toys', apps.parent)
  await connectors.open()
  await connectors.begin('Microsoft 365')
  await connectors.panel.getByRole('radio', { name: /^Managed apps/ }).check()
  await connectors.panel.getByText('may create and manage its own applications').first().waitFor()
  await connectors.fill({ 'Connector Name': 'parent', 'Tenant id or domain': registration.tenant, 'Application (client) id': registration.client, 'Object id': registration.object })
  const tab = await connectors.leave(connectors.panel.getByRole('button', { name: 'Authorize and Save' }))
  await tab.getByRole('heading', { name: 'Microsoft does not know the certificate yet' }).waitFor()
  await uploaded(tab, portal)
  await tab.waitForURL(/\/adminconsent/)
  const microsoft = new Microsoft(tab)
  await microsoft.choose('Dana Admin')
  assert.match(await microsoft.asked(), /Manage apps that this app creates or owns/)
  await microsoft.accept()
  await tab.waitForURL(/\/oauth2\/v2\.0\/authorize|\/connectors\/callback\?/)
  if (/authorize/.test(tab.url())) {
    await microsoft.choose('Dana Admin')
    await Promise.race([microsoft.asked().then(() => microsoft.accept()), tab.waitForURL(/\/connectors\/callback/)])
  }
  await tab.getByRole('heading', { name: 'Permissions were applied' }).waitFor()
  await tab.close()
  await connectors.open()
  await connectors.status('parent', 'Connected')
  await connectors.begin('Microsoft Defender for Endpoint')
  await connectors.fill({ 'Connector Name': 'managed-mde' })
  await connectors.panel.getByRole('button', { name: 'Save', exact: true }).click()
  await connectors.panel.getByText('The connector was created').waitFor()
  const consent = await connectors.authorize()
  const asking = new Microsoft(consent)
  await asking.choose('Dana Admin')
  assert.match(await asking.asked(), /Read all security incidents/)
  await asking.accept()
  await consent.getByRole('heading', { name: 'Permissions were applied' }).waitFor()
  await consent.close()
  await connectors.open()
  await connectors.status('managed-mde', 'Connected')
  await portal.tenant('Tailspin Toys')
  await portal.page.getByRole('link', { name: /^Stories Workbench · Microsoft Defender for Endpoint/ }).first().waitFor()
})

test('a list of customers is imported, waits in one table, and one of them consents by its link', async t => {
  const { workbench, connectors, portal, page } = await begin(t)
  await shared(page, portal, 'Our customers')
  await page.goto('/connectors/customers')
  await page.getByRole('checkbox', { name: 'Microsoft Defender for Endpoint' }).check()
  await page.getByLabel('or the list itself').fill('name,tenant\n=Adatum,adatum.example\nLitware,litware.example\nNowhere,nowhere.invalid\nTwice,adatum.example\n')
  await page.getByRole('button', { name: 'Check the list' }).click()
  await page.getByRole('heading', { name: "Lines that can't be imported" }).waitFor()
  await page.getByLabel('or the list itself').fill('name,tenant\n=Adatum,adatum.example\nLitware,litware.example\nNowhere,nowhere.invalid\n')
  await page.getByRole('button', { name: /^Check/ }).click()
  await page.getByRole('button', { name: /^Import/ }).click()
  await page.getByText('Microsoft knows no tenant of this id or domain').first().waitFor()
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: /CSV/ }).click()])
  const csv = readFileSync(await file.path(), 'utf8')
  assert.match(csv, /'=Adatum/, 'a name that is a formula is no formula in the file')
  assert.equal(csv.match(/\/consent\?token=/g).length, 2, 'two customers have links, one has none')

  await page.goto('/connectors?q=adatum')
  await page.getByRole('row').filter({ hasText: '=Adatum' }).waitFor()
  assert.equal(await page.getByRole('row').filter({ hasText: 'Litware' }).count(), 0)
  await page.getByRole('button', { name: /^Test all shown/ }).click()
  await page.getByRole('row').filter({ hasText: '=Adatum' }).waitFor()

  const stranger = await workbench.visit({ signedOut: true })
  await stranger.goto(csv.split('\n').find(line => line.includes('Adatum')).match(/https?:\/\/[^,"\s]+/)[0])
  await stranger.getByRole('button', { name: 'Continue to Microsoft' }).click()
  await stranger.waitForURL(/\/adminconsent/)
  const microsoft = new Microsoft(stranger)
  await microsoft.grant('Dana Admin')
  await stranger.waitForURL(/\/oauth2\/v2\.0\/authorize|\/connectors\/callback/)
  if (/authorize/.test(stranger.url())) {
    await microsoft.choose('Dana Admin')
    await Promise.race([microsoft.asked().then(() => microsoft.accept()), stranger.waitForURL(/\/connectors\/callback/)])
  }
  await stranger.getByText('You consented for').waitFor()
  const adatum = (await connectors.json()).find(c => c.name === '=Adatum')
  await page.goto('/connectors/' + adatum.id)
  await page.getByRole('button', { name: 'Confirm', exact: true }).click()
  await page.getByText('Connected', { exact: true }).first().waitFor()
  const child = (await connectors.json()).find(c => c.parent === adatum.id)
  assert.equal(child.kind, 'defenderForEndpoint', 'what was chosen for the list stands under it')
})
