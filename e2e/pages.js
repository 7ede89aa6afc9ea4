// Where things are on the pages, by the names that people read. Tests speak of these and never of markup.

// List is the page Stories Workbench.
export class List {
  constructor(page) {
    this.page = page
    this.heading = page.getByRole('heading', { level: 1 })
    this.table = page.getByRole('table').first()
    this.rows = this.table.locator('tbody tr').filter({ has: page.getByRole('link') })
    this.search = page.getByRole('searchbox')
    this.facets = page.getByRole('form', { name: 'Filters' })
    this.columns = page.locator('details', { has: page.locator('summary', { hasText: 'Columns' }) })
    this.next = page.getByRole('link', { name: 'Next page' })
  }
  open(query = '') { return this.page.goto('/stories' + (query ? '?' + query : '')) }
  head(name) { return this.table.getByRole('columnheader', { name }) }
  story(name) { return this.table.getByRole('link', { name }).first() }
  // narrow ticks a value of a facet. A script sends the form at once; without one there is a button.
  async narrow(name, { scripts = true } = {}) {
    await this.facets.getByRole('checkbox', { name }).first().check()
    if (!scripts) await this.facets.getByRole('button', { name: 'Apply filters' }).click()
  }
  async addColumn(name) {
    await this.columns.locator('summary').click()
    await this.columns.getByRole('checkbox', { name }).check()
    await this.columns.getByRole('button', { name: 'Save columns' }).click()
  }
  // ids are the stories on the page, in order, from the addresses of their links.
  ids() {
    return this.table.locator('tbody tr').evaluateAll(rows => rows.map(row => row.querySelector('a[href*="/stories/"]')?.getAttribute('href').match(/\/stories\/([^/?#]+)/)?.[1]).filter(Boolean))
  }
  async json(query = '') { return (await this.page.request.get('/stories.json' + (query ? '?' + query : ''))).json() }
}

// Story is the drill-down page.
export class Story {
  constructor(page) {
    this.page = page
    this.heading = page.getByRole('heading', { level: 1 })
    this.tabs = page.getByRole('navigation', { name: 'Story', exact: true })
    this.summary = this.widget('Story')
    this.alerts = this.widget('Alerts')
    this.timeline = this.widget('Timeline')
    this.details = this.widget('Details')
    this.actions = this.widget('Story Actions')
    this.tree = page.getByRole('tree').first()
    this.nodes = this.tree.getByRole('treeitem')
    this.panel = page.locator('#evidence-panel')
  }
  open(id, tab = '', query = '') { return this.page.goto(`/stories/${id}${tab && '/' + tab}${query && '?' + query}`) }
  tab(name) { return this.tabs.getByRole('link', { name }) }
  widget(name) { return this.page.getByRole('region', { name, exact: true }) }
  // expand opens the first alert and waits for its process tree.
  async expand() {
    await this.alerts.getByRole('rowheader').first().getByRole('link').click()
    await this.tree.waitFor()
  }
  // show opens the evidence of a node of the tree in the panel.
  async show(node) {
    await node.getByRole('link').first().click()
    await this.panel.getByRole('heading').first().waitFor()
  }
  // manage opens Story Actions and fills in what is given, by label; a field with fixed values takes the label of a value.
  async manage(values) {
    if (!await this.actions.isVisible()) await this.page.getByRole('link', { name: 'Manage story' }).click()
    for (const [label, value] of Object.entries(values)) {
      const field = this.field(label)
      if (await field.evaluate(e => e.tagName) === 'SELECT') await field.selectOption({ label: value })
      else await field.fill(value)
    }
  }
  field(label) { return this.actions.getByLabel(label, { exact: true }) }
  // save and undo give the server's answer to the form.
  save() { return this.send(this.actions.getByRole('button', { name: 'Save' })) }
  async undo() {
    if (await this.actions.isVisible()) await this.actions.getByRole('link', { name: 'Close' }).click()
    return this.send(this.timeline.getByRole('button', { name: 'Undo' }).first())
  }
  async send(button) {
    const [answer] = await Promise.all([this.page.waitForResponse(r => r.request().method() === 'POST'), button.click()])
    await this.page.waitForLoadState()
    return answer
  }
  async json(id) { return (await this.page.request.get(`/stories/${id}.json`)).json() }
}

// The stories of the demo that tests ask for, found by what they hold and not by their names.
export async function samples(page) {
  const { stories } = await new List(page).json('limit=1000')
  const whole = await Promise.all(stories.map(async s => (await page.request.get(`/stories/${s.id}.json`)).json()))
  const nodes = s => Math.max(0, ...s.processTrees.map(t => t.nodes.length))
  const most = (list, measure) => list.toSorted((a, b) => measure(b) - measure(a))[0]
  return {
    all: whole,
    endpoint: most(whole.filter(s => s.producerType === 'microsoftEndpointAlert'), nodes),
    mail: most(whole.filter(s => s.producerType === 'genericIncident' && s.evidence.messages.length > 0), s => s.evidence.messages.length + s.siblings.length * 10),
    quiet: whole.filter(s => s.status === 'open' && s.alertCount > 0).at(-1),
  }
}
