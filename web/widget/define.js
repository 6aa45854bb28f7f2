import { LeadChat } from "./lead-chat.js";

// A browser too old keeps the link inside the element.
const able = URL.canParse && AbortSignal.any && CSS.supports("color", "light-dark(red, red)");
if (able && !customElements.get("lead-chat")) customElements.define("lead-chat", LeadChat);

export { LeadChat };
