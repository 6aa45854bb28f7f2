/** Registers <lead-chat>. A page that wants another tag name imports lead-chat.js and defines it itself. */
import { LeadChat } from "./lead-chat.js";

// A browser too old for the widget keeps the link inside the element, as one without scripts does.
const able = "adoptedStyleSheets" in document && URL.canParse && Element.prototype.checkVisibility;
if (able && !customElements.get("lead-chat")) customElements.define("lead-chat", LeadChat);

export { LeadChat };
