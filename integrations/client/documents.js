// @ts-check

// The trusted documents of schema/documents by the hash in its index: a widget's token may send no others. A test compares the two.

/** home.v3.graphql */
export const HOME =
  "sha256:2c72b69e1a1ecaed3a88021e126d58e26f2259f4c14f9b1a5931a5d939f6204a";

/** member.v1.graphql */
export const MEMBER =
  "sha256:f0643e47e59252b1ee24164b2aa4ee5220007edb69a324a8947ab20f12af1170";

/** request-mentorship.v1.graphql */
export const REQUEST =
  "sha256:a42ad7b2858478aeed70f8a4cd78ca8e5e91044d99cc3c9b0378a373a2ca18a7";

/** accept-request.v1.graphql */
export const ACCEPT =
  "sha256:c94214f6d26a8ca0f819115b31d66d4e6f7816159210ef13be11fddd942a35c4";

/** decline-request.v1.graphql */
export const DECLINE =
  "sha256:8f1bbd5f302259209b8a78b0e6d6dde9770966042197147be476c35de8d0d681";

/** withdraw-request.v1.graphql */
export const WITHDRAW =
  "sha256:0ce2f65ce149c5d2df20ec0d04f17a64aa4092084bcc4e942aeb3a644e0b7e16";

/** enrol.v1.graphql */
export const ENROL =
  "sha256:bd0b771557b79e8b3ff8b32199d21bdfa1140aa5d800e04cf3f78229c012bcb8";

/** change-enrolment.v1.graphql */
export const CHANGE_ENROLMENT =
  "sha256:38b543a8b11c487643dc5ad77364ac695438a62b05fdfddcfb1baf8ec71e0e72";

/** withdraw-enrolment.v1.graphql */
export const LEAVE_PROGRAM =
  "sha256:b3311e939da2ffc0591dda43bcc35c7a46db358370d389d991290c653ada2604";

/** end-mentorship.v1.graphql */
export const END =
  "sha256:2471a10f950b900f12af88380ab060095860b6b7733854215d188202efbc7167";

/** dismiss-suggestion.v1.graphql */
export const DISMISS =
  "sha256:c016beddec88ebef0db29b16b3b86534d63269ca9e25cfcb79f73fd5e4d2a700";

/** consent.v1.graphql */
export const CONSENT =
  "sha256:43ec884b6079539c00f5f1e3f3178fe9eebf464c05880158eff411be67c16516";

/** set-need.v1.graphql */
export const SET_NEED =
  "sha256:469bf74b848849ffdb55f7f0a80383375f5d2f0da3882e36901f529f2784624e";

/** propose-session.v1.graphql */
export const PROPOSE_SESSION =
  "sha256:c954e97be20e3f3c60d69bf752225e178c0803b13ca6d71aa2005070ba7e6804";

/** answer-session.v1.graphql */
export const ANSWER_SESSION =
  "sha256:4c5efec86c48e9cef67ca32ab5ee45e181e24016321b078f056c1f046a7fe91b";

/** report-session.v1.graphql */
export const REPORT_SESSION =
  "sha256:7073192a193aa7dea7f3022792e5f0230bc805117128d716c6515b47df656b67";

/** answer-survey.v1.graphql */
export const ANSWER_SURVEY =
  "sha256:7f31b89f14a7e652f56dd428b545b44830221fa9f15a13742b11dcf24a741805";

/** answer-invitation.v1.graphql */
export const ANSWER_INVITATION =
  "sha256:a803c134f9b3c703ed9cda52aa1416920422feb740823b3b0dd69ca4d4a455f5";

/** viewer-changed.v1.graphql, whole: on a WebSocket a document is sent by its text. */
export const VIEWER_CHANGED = `subscription ViewerChanged {
  viewerChanged { suggestions requests mark }
}
`;
