// @ts-check
import Component from "@glimmer/component";
import getURL from "discourse/lib/get-url";

/** A member: face, name that opens the user card, and a line below. */
export default class MentorshipPerson extends Component {
  get name() {
    return this.args.person.name || this.args.person.username;
  }

  get letter() {
    return this.name.trim().charAt(0).toUpperCase();
  }

  get place() {
    return getURL(`/u/${encodeURIComponent(this.args.person.username)}`);
  }

  <template>
    <div class="mg__person">
      {{#if @person.avatarUrl}}
        <img
          class="mg__face"
          src={{@person.avatarUrl}}
          alt=""
          width="44"
          height="44"
          loading="lazy"
        />
      {{else}}
        <span
          class="mg__face mg__letter"
          aria-hidden="true"
        >{{this.letter}}</span>
      {{/if}}
      <div class="mg__who">
        <a
          class="mg__name"
          href={{this.place}}
          data-user-card={{@person.username}}
        >{{this.name}}</a>
        {{#if @under}}<p class="mg__quiet">{{@under}}</p>{{/if}}
      </div>
    </div>
  </template>
}
