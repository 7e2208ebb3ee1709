import { language } from "../components/i18n.js";
import "./app-root.js";
import { restoreLanguage } from "./choose-language.js";
import { applyTheme } from "./theme.js";

applyTheme();
language.on("change", () => (document.documentElement.lang = language.tag));
restoreLanguage();
document.body.append(document.createElement("app-root"));
