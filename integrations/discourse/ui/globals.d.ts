// What Discourse puts into every module of a theme.
declare const settings: {
  service_url: string;
  installation: string;
  show_on_topic_list: boolean;
  show_on_profile: boolean;
  show_in_user_menu: boolean;
  show_on_user_card: boolean;
  show_in_sidebar: boolean;
  suggestions_on_topic_list: number;
};
declare function themePrefix(key: string): string;
