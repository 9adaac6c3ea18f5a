package dev.locret.samples.desk;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Download;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.FilePayload;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a person does, in Debian's Chromium. With {@code -Ddesk.pictures=DIR} the README's pictures are taken. */
class DeskBrowserTest {
    private static final Path CHROMIUM = Path.of("/usr/bin/chromium");
    private static final double PATIENCE_MS = 180_000;

    @TempDir
    private static Path data;

    private static Playwright playwright;
    private static Browser browser;

    @BeforeAll
    static void startBrowser() {
        assertThat(CHROMIUM)
                .as("Debian: apt-get install chromium fonts-dejavu-core")
                .exists();
        PlaywrightAssertions.setDefaultAssertionTimeout(PATIENCE_MS);
        playwright = Playwright.create(
                new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
        browser = playwright
                .chromium()
                .launch(new BrowserType.LaunchOptions()
                        .setExecutablePath(CHROMIUM)
                        .setArgs(List.of(
                                "--no-sandbox",
                                "--disable-gpu",
                                "--disable-quic",
                                "--no-first-run",
                                "--disable-background-networking",
                                "--disable-component-update",
                                "--disable-sync")));
    }

    @AfterAll
    static void stopBrowser() {
        browser.close();
        playwright.close();
    }

    /** The messages of the browser's console that tell of an error, such as a script that the policy forbids. */
    private final List<String> errors = new ArrayList<>();

    private Page login(TestDesk desk, String user) {
        BrowserContext context = browser.newContext(new Browser.NewContextOptions().setViewportSize(1280, 900));
        Page page = context.newPage();
        page.setDefaultTimeout(PATIENCE_MS);
        page.onConsoleMessage(message -> {
            if (message.type().equals("error")) {
                errors.add(message.text());
            }
        });
        page.navigate(desk.url());
        page.getByPlaceholder("Username").fill(user);
        page.getByPlaceholder("Password").fill(TestDesk.PASSWORD);
        page.getByPlaceholder("Password").press("Enter");
        assertThat(page.getByText("Logged in as " + user)).isVisible();
        return page;
    }

    private static void picture(Page page, String name) {
        String directory = System.getProperty("desk.pictures", "");
        if (!directory.isEmpty()) {
            page.screenshot(new Page.ScreenshotOptions().setPath(Path.of(directory, name)));
        }
    }

    private static String story() {
        StringBuilder text = new StringBuilder(
                "<html><head><title>Log</title><script>document.title = 'run';</script></head><body>");
        for (int day = 1; day <= 60; day++) {
            text.append("<p>On day ").append(day).append(" the ship sailed ").append(40 + day * 7 % 50);
            text.append(
                    " miles to the west. The wind was fair and the crew mended the sails. In the evening they sang.</p>");
            if (day == 20) {
                text.append("<p>The captain of the ship is called Beatrice Holm.</p>");
            }
        }
        return text.append("<script>alert('here');</script></body></html>").toString();
    }

    @Test
    void aDocumentIsReadAskedAndThereTomorrow() throws IOException {
        try (TestDesk desk = new TestDesk(data)) {
            Page anna = login(desk, "anna");
            anna.onDialog(dialog -> errors.add("a script of the document ran: " + dialog.message()));
            assertThat(anna.getByText("There are none yet.")).isVisible();
            anna.setInputFiles(
                    "#file", new FilePayload("ship's log.html", "text/html", story().getBytes(StandardCharsets.UTF_8)));
            assertThat(anna.locator("#name")).hasText("ship's log.html");
            assertThat(anna.locator("#progress"))
                    .containsText(Pattern.compile("[1-9][\\d,]* of [\\d,]+ tokens read, [\\d,]+ entries kept"));
            picture(anna, "document-desk-reading.png");
            Locator heat = anna.locator("#passages");
            assertThat(heat).containsText("The captain of the ship is called Beatrice Holm.");
            assertThat(heat).not().containsText("alert");

            anna.fill("#question", "What is the captain of the ship called?");
            anna.press("#question", "Enter");
            assertThat(anna.locator(".exchange .answer").first()).not().isEmpty();
            assertThat(anna.locator(".exchange .hint").first()).hasText(Pattern.compile("\\d+ tokens"));
            assertThat(anna.locator(".exchange .answer").first()).containsText("Beatrice");

            String shadesOfAll = heat.innerHTML();
            anna.selectOption("#layer", "3");
            anna.selectOption("#head", "1");
            anna.waitForFunction("before => document.getElementById('passages').innerHTML !== before", shadesOfAll);
            Download download = anna.waitForDownload(() -> anna.click("#png"));
            assertThat(download.suggestedFilename()).isEqualTo("ship_s_log.html.png");
            assertThat(Files.size(download.path())).isGreaterThan(1000);
            anna.selectOption("#layer", "-1");
            anna.selectOption("#head", "-1");
            anna.waitForFunction("before => document.getElementById('passages').innerHTML === before", shadesOfAll);
            picture(anna, "document-desk.png");

            anna.fill("#question", "Tell the whole story of the ship, day by day.");
            anna.press("#question", "Enter");
            Locator second = anna.locator(".exchange").first();
            assertThat(second.locator(".answer")).not().isEmpty();
            anna.click("#stop");
            assertThat(second.locator(".hint")).hasText("Stopped");
            assertThat(anna.locator("#send")).isEnabled();

            Page bert = login(desk, "bert");
            assertThat(bert.getByText("There are none yet.")).isVisible();
        }
        try (TestDesk desk = new TestDesk(data)) {
            Page anna = login(desk, "anna");
            anna.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName(Pattern.compile("ship's log.html")))
                    .click();
            assertThat(anna.locator("#tools")).isVisible();
            anna.fill("#question", "What is the captain of the ship called?");
            anna.press("#question", "Enter");
            assertThat(anna.locator(".exchange .answer").first()).containsText("Beatrice");
            anna.click("#remove");
            assertThat(anna.getByText("There are none yet.")).isVisible();
        }
        assertThat(errors).isEmpty();
    }

    /** An answer that is not seen any more is not written either, and a session that is over leads to the login. */
    @Test
    void leavingADocumentStopsItsAnswer(@TempDir Path empty) {
        try (TestDesk desk = new TestDesk(empty)) {
            Page anna = login(desk, "anna");
            for (String name : List.of("garden.txt", "cellar.txt")) {
                String text = "The " + name + " lies behind the house. It is old and nobody goes there. ".repeat(8);
                anna.setInputFiles("#file", new FilePayload(name, "text/plain", text.getBytes(StandardCharsets.UTF_8)));
                assertThat(anna.locator("#name")).hasText(name);
                assertThat(anna.locator("#passages")).containsText(name);
            }
            anna.fill("#question", "Tell a very long story about this place.");
            anna.press("#question", "Enter");
            assertThat(anna.locator(".exchange .answer")).not().isEmpty();
            anna.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName(Pattern.compile("garden.txt")))
                    .click();
            assertThat(anna.locator("#passages")).containsText("garden.txt");
            assertThat(anna.locator(".exchange")).hasCount(0);
            assertThat(anna.locator("#send")).isEnabled();

            anna.context().clearCookies();
            anna.fill("#question", "What lies behind the house?");
            anna.press("#question", "Enter");
            assertThat(anna.getByPlaceholder("Username")).isVisible();
        }
    }
}
