import assert from "node:assert/strict";
import { finds, hasUnread, opens, saidIn, turnsTo, withUser, writes } from "../support/chatting.js";
import { portraits } from "../support/portraits.js";
import { story } from "../support/story.js";
import { eventually } from "../support/until.js";

const ofAna = { portrait: portraits.ana };

story("ana and bo write to each other, and what bo has not looked at is counted until he does, on both his devices", async (stage) => {
  const ana = await stage.enter("ana", ofAna);
  const bo = await stage.enter("bo", ofAna);
  const phone = await stage.enter("bo", ofAna, { viewport: { width: 390, height: 800 } });
  await Promise.all([bo.goesTo("chats"), phone.goesTo("chats")]);

  await turnsTo(ana, "bo");
  await writes(ana, "good morning");
  await writes(ana, "are you there?");
  await Promise.all([hasUnread(bo, withUser("ana"), 2), hasUnread(phone, withUser("ana"), 2)]);
  await bo.page.waitForFunction(() => document.title.startsWith("(2)"));

  await opens(bo, withUser("ana"));
  await finds(bo, "are you there?");
  await Promise.all([hasUnread(bo, withUser("ana"), 0), hasUnread(phone, withUser("ana"), 0)]);
  await bo.page.waitForFunction(() => !document.title.startsWith("("));

  await writes(bo, "I am");
  await finds(ana, "I am");
  const all = ["good morning", "are you there?", "I am"];
  assert.deepEqual(await saidIn(ana), all);
  assert.deepEqual(await saidIn(bo), all);
  await opens(phone, withUser("ana"));
  await finds(phone, "I am");
  assert.deepEqual(await saidIn(phone), all);

  await bo.page.reload();
  await opens(bo, withUser("ana"));
  await finds(bo, "I am");
  assert.deepEqual(await saidIn(bo), all);
});

story("what came while bo was away begins under a line", async (stage) => {
  const ana = await stage.enter("ana", ofAna);
  const bo = await stage.enter("bo", ofAna);
  await turnsTo(ana, "bo");
  await writes(ana, "one");
  await opens(bo, withUser("ana")).then(() => finds(bo, "one"));
  await hasUnread(bo, withUser("ana"), 0); // the server knows that it was read
  await bo.page.goto("about:blank");
  await writes(ana, "two");
  await writes(ana, "three");

  await bo.page.goto(`${bo.url}/?user=bo`);
  await bo.page.getByTestId("me").waitFor({ state: "attached" });
  await opens(bo, withUser("ana"));
  const line = bo.page.getByTestId("unread-line");
  await line.waitFor();
  const after = await line.evaluate((element) => element.nextElementSibling?.querySelector(".said")?.textContent);
  assert.equal(after, "two");
});

story("scrolling up reads a long conversation page by page, and the reader stays in place", async (stage) => {
  const ana = await stage.enter("ana", ofAna);
  const bo = await stage.enter("bo", ofAna);
  await ana.seesOnline("bo");
  await ana.state.evaluate(async (kit) => {
    const { messages } = /** @type {any} */ (kit).data.client;
    for (let i = 1; i <= 120; i++) await messages.sendTextMessage("C2Cbo", `line ${i}`);
  });
  await opens(bo, withUser("ana"));
  await finds(bo, "line 120");
  assert.equal((await saidIn(bo)).length, 50);
  await hasUnread(bo, withUser("ana"), 0);

  const log = bo.page.getByTestId("messages");
  for (const first of [21, 1]) {
    const before = await bo.page.locator("[data-message]").first().getAttribute("data-message");
    await log.evaluate((element) => (element.scrollTop = 0));
    await finds(bo, `line ${first}`);
    await eventually(async () => {
      const stays = await bo.page.locator(`[data-message="${before}"]`).evaluate((line) => {
        const { top } = line.getBoundingClientRect();
        const frame = /** @type {Element} */ (line.closest("[role=log]")).getBoundingClientRect();
        return top >= frame.top - 1 && top <= frame.bottom;
      });
      assert.ok(stays, `the line one read left the screen when older ones came, at line ${first}`);
    });
  }
  assert.deepEqual(await saidIn(bo), Array.from({ length: 120 }, (_, i) => `line ${i + 1}`));
  await bo.press("To the newest messages");
  await bo.button("To the newest messages").waitFor({ state: "detached" });
  await eventually(async () => {
    const last = await bo.page.locator("[data-message]").last().boundingBox();
    const frame = await log.boundingBox();
    assert.ok(last && frame && last.y >= frame.y && last.y + last.height <= frame.y + frame.height, "the newest message is not in sight");
  });
});

story("a text that did not get through says so, and is sent once when tried again", async (stage) => {
  const ana = await stage.enter("ana", ofAna);
  const bo = await stage.enter("bo", ofAna);
  await turnsTo(ana, "bo");
  await writes(ana, "first");
  await bo.state.evaluate((kit) => /** @type {any} */ (kit).data.client.blackList.addToBlackList(["ana"]));

  const outgoing = ana.page.getByTestId("outgoing");
  await ana.page.getByTestId("composer").fill("second");
  await ana.page.getByTestId("composer").press("Enter");
  await ana.page.locator("[data-testid=outgoing][data-status=failed]").waitFor();
  assert.match(await outgoing.innerText(), /Not sent\. This user does not take messages or calls from you\./);

  await bo.state.evaluate((kit) => /** @type {any} */ (kit).data.client.blackList.deleteFromBlackList(["ana"]));
  await ana.press("Try again");
  await finds(ana, "second");
  assert.equal(await outgoing.count(), 0);
  await opens(bo, withUser("ana"));
  await finds(bo, "second");
  assert.deepEqual(await saidIn(bo), ["first", "second"]);
});

story("nothing that is written becomes a part of the page or breaks its shape", async (stage) => {
  const ana = await stage.enter("ana", ofAna, { viewport: { width: 390, height: 800 }, hasTouch: true, isMobile: true });
  const bo = await stage.enter("bo", ofAna);
  await turnsTo(ana, "bo");
  const texts = [
    `<img src=x onerror="document.title='taken over'"><script>document.title='taken over'</script>`,
    "W".repeat(300),
    "https://example.com/" + "long/".repeat(60),
    "👩‍👩‍👧‍👦🏳️‍🌈 ".repeat(12).trim(),
    "שלום, מה שלומך היום? 12:30",
    "javascript:alert(1) and data:text/html,x",
  ];
  for (const text of texts) await writes(ana, text);
  await opens(bo, withUser("ana"));
  await finds(bo, texts[5] ?? "");

  for (const { page, userID } of [ana, bo]) {
    assert.deepEqual(await page.locator("[data-message] .said").allInnerTexts(), texts);
    assert.equal(await page.locator("[data-message] :is(img, script)").count(), 0);
    assert.doesNotMatch(await page.title(), /taken over/);
    const links = await page.locator("[data-message] a").evaluateAll((all) => all.map((a) => [a.getAttribute("href"), a.getAttribute("rel")]));
    assert.deepEqual(links, [[texts[2], "noopener noreferrer"]]);
    const wide = await page.evaluate(() => [...document.querySelectorAll(".bubble")].filter((each) => each.scrollWidth > each.clientWidth || each.getBoundingClientRect().right > innerWidth).length);
    assert.equal(wide, 0, `${userID} sees bubbles that are too wide`);
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth > innerWidth), false);
    const hebrew = page.locator("[data-message] .said", { hasText: "שלום" });
    assert.equal(await hebrew.evaluate((said) => getComputedStyle(said).direction), "rtl");
  }
});
