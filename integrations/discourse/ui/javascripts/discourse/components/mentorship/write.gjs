// @ts-check
import Component from "@glimmer/component";
import getURL from "discourse/lib/get-url";
import say, { labelFor } from "../../lib/say";

/** A link to writing somebody a message in the forum. */
export default class MentorshipWrite extends Component {
  get place() {
    const username = encodeURIComponent(this.args.person.username);
    return getURL(`/new-message?username=${username}`);
  }

  <template>
    <a
      class="mg__button {{if @first 'mg__button--first'}}"
      href={{this.place}}
      aria-label={{labelFor "matched.write" @name}}
    >{{say "matched.write"}}</a>
  </template>
}
