// @ts-check
import Component from "@glimmer/component";
import { service } from "@ember/service";
import { apiInitializer } from "discourse/lib/api";
import MentorshipCard from "../components/mentorship/card";
import MentorshipMenu from "../components/mentorship/menu";
import MentorshipPanel from "../components/mentorship/panel";
import say from "../lib/say";

const onTopicList = <template>
  <MentorshipPanel @most={{settings.suggestions_on_topic_list}} />
</template>;

class OnProfile extends Component {
  @service currentUser;

  get mine() {
    return this.args.outletArgs.model.id === this.currentUser.id;
  }

  <template>{{#if this.mine}}<MentorshipPanel />{{/if}}</template>
}

export default apiInitializer((api) => {
  const currentUser = api.getCurrentUser();
  if (!currentUser || !settings.service_url || !settings.installation) {
    return;
  }
  const mentorship = api.container.lookup("service:mentorship");

  if (settings.show_on_topic_list) {
    api.renderInOutlet("discovery-list-container-top", onTopicList);
  }
  if (settings.show_on_profile) {
    api.renderInOutlet("above-user-profile", OnProfile);
  }
  if (settings.show_on_user_card) {
    api.renderInOutlet("user-card-below-message-button", MentorshipCard);
  }
  if (settings.show_in_user_menu) {
    mentorship.start();
    api.registerUserMenuTab(
      (UserMenuTab) =>
        class extends UserMenuTab {
          id = "mentorship";
          icon = "handshake";
          panelComponent = MentorshipMenu;

          get title() {
            return say("menu.title");
          }

          get shouldDisplay() {
            return true;
          }

          get count() {
            return mentorship.count;
          }
        }
    );
  }
  if (settings.show_in_sidebar) {
    api.addCommunitySectionLink({
      name: "mentorship",
      href: mentorship.place,
      title: say("menu.open"),
      text: say("menu.title"),
      icon: "handshake",
    });
  }
});
