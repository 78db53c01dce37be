// What surrounds a theme component in Discourse, as far as ours reaches: an owner with services, outlets, the user menu, the user card and the sidebar.
import { on } from "@ember/modifier";
import { setOwner } from "@ember/owner";
import { renderComponent } from "@ember/renderer";
import { tracked } from "@glimmer/tracking";
import { fn } from "@ember/helper";
import { initializers } from "discourse/lib/api";
import { services } from "virtual:modules";

const { currentUser } = globalThis.__forum;
const made = { "service:current-user": currentUser, "service:currentUser": currentUser };
const owner = {
  lookup(name) {
    if (!(name in made) && services[name]) {
      const properties = {};
      setOwner(properties, owner);
      made[name] = services[name].create(properties);
    }
    return made[name];
  },
  factoryFor: () => undefined,
  register() {},
};

const outlets = {};
// One tree for everything, as in Discourse: what is in an outlet is rendered into its place from there.
class Shown {
  @tracked places = [];
}
const shown = new Shown();
function show(outlet, into, outletArgs) {
  const found = (outlets[outlet] ?? []).map((klass) => ({ klass, into, outletArgs }));
  shown.places = [...shown.places, ...found];
}
const Application = <template>
  {{#each shown.places as |place|}}
    {{#in-element place.into insertBefore=null}}<place.klass @outletArgs={{place.outletArgs}} />{{/in-element}}
  {{/each}}
</template>;

class Menu {
  @tracked opened = null;
  tabs = [];
}
const menu = new Menu();
const open = (tab) => (menu.opened = menu.opened === tab ? null : tab);
const UserMenu = <template>
  {{#each menu.tabs as |tab|}}
    {{#if tab.shouldDisplay}}
      <button type="button" class="pill bell" id="user-menu-button-{{tab.id}}" title={{tab.title}} {{on "click" (fn open tab)}}>
        <svg class="icon" viewBox="0 0 16 16" width="15" height="15" aria-hidden="true"><path d="M1 6l3-3 4 1 4-1 3 3-2 5-5 3-5-3z" /></svg>
        <span class="hide">{{tab.title}}</span>
        {{#if tab.count}}<b class="badge-notification">{{tab.count}}</b>{{/if}}
      </button>
    {{/if}}
  {{/each}}
  {{#if menu.opened}}
    <div class="card user-menu" style="position:absolute;top:60px;right:20px;width:320px;z-index:9">
      {{#let menu.opened.panelComponent as |Panel|}}<Panel />{{/let}}
    </div>
  {{/if}}
</template>;

const api = {
  container: owner,
  getCurrentUser: () => currentUser,
  renderInOutlet: (outlet, klass) => (outlets[outlet] ??= []).push(klass),
  registerUserMenuTab(make) {
    class UserMenuTab {
      currentUser = currentUser;
      get shouldDisplay() {
        return true;
      }
      get count() {
        return 0;
      }
    }
    menu.tabs.push(new (make(UserMenuTab))());
  },
  addCommunitySectionLink({ name, href, title, text }) {
    const place = document.querySelector('[data-outlet="sidebar"]');
    const link = document.createElement("a");
    Object.assign(link, { href, title, textContent: text, className: "sidebar-section-link" });
    link.dataset.linkName = name;
    const item = document.createElement("li");
    item.append(link);
    const list = document.createElement("ul");
    list.append(item);
    place?.append(list);
  },
};
initializers.forEach((begin) => begin(api));

for (const place of document.querySelectorAll("[data-outlet]")) {
  show(place.dataset.outlet, place, JSON.parse(place.dataset.args ?? "{}"));
}
const account = document.querySelector("nav.account");
if (account && menu.tabs.length) {
  const into = document.createElement("span");
  into.style.display = "contents";
  account.prepend(into);
  outlets["user-menu"] = [UserMenu];
  show("user-menu", into, {});
}
const root = document.createElement("div");
document.body.append(root);
renderComponent(Application, { into: root, owner });

// The user card, which Discourse opens for every link with data-user-card.
document.addEventListener("click", async (event) => {
  const link = event.target.closest?.("[data-user-card]");
  if (!link || event.ctrlKey || event.metaKey) {
    return;
  }
  event.preventDefault();
  document.querySelector("#user-card")?.remove();
  const username = link.dataset.userCard;
  const answer = await fetch(`/u/${encodeURIComponent(username)}.json`, { headers: { Accept: "application/json" } });
  const { user } = await answer.json();
  const card = document.createElement("div");
  card.id = "user-card";
  card.className = "card pad";
  card.setAttribute("role", "dialog");
  card.setAttribute("aria-label", user.name || user.username);
  card.style.cssText = "position:fixed;top:90px;left:50%;width:420px;max-width:92vw;margin-left:-210px;z-index:20";
  const name = document.createElement("h2");
  name.textContent = user.name || user.username;
  name.style.margin = "0";
  const into = document.createElement("div");
  into.dataset.outlet = "user-card-below-message-button";
  card.append(name, into);
  document.body.append(card);
  show("user-card-below-message-button", into, { user: { id: user.id, username: user.username, name: user.name } });
});
globalThis.__themeReady = true;
