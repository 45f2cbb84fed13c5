package dhara.demo;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.ReducedMotion;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A real browser: the Chromium of this machine, steered by Playwright, whose driver needs Node.js.
 * Both are looked for on the {@code PATH}; nothing is downloaded. It notes what pages load and what
 * goes wrong in them.
 */
final class Chromium implements AutoCloseable {

  private static final double PATIENCE_MILLIS = 180_000;

  /** It talks to nobody but the page's server. */
  private static final List<String> FLAGS =
      List.of(
          "--no-sandbox",
          "--disable-gpu",
          "--disable-background-networking",
          "--disable-component-update",
          "--disable-sync",
          "--no-first-run");

  /** What a page looks like: its size in CSS pixels and its theme. */
  record Look(int width, int height, ColorScheme theme) {

    static final Look DESK = new Look(1440, 900, ColorScheme.LIGHT);
    static final Look DESK_AT_NIGHT = new Look(1440, 900, ColorScheme.DARK);
    static final Look PHONE = new Look(390, 844, ColorScheme.LIGHT);
  }

  private final Playwright playwright;
  private final Browser browser;
  private final List<String> requests = new ArrayList<>();
  private final List<String> troubles = new ArrayList<>();

  private Chromium(Playwright playwright, Browser browser) {
    this.playwright = playwright;
    this.browser = browser;
  }

  /** Why there is no browser on this machine; empty if there is one. */
  static Optional<String> missing() {
    if (chromium().isEmpty()) {
      return Optional.of("no Chromium on the PATH: apt-get install chromium");
    }
    return node().isEmpty()
        ? Optional.of(
            "no Node.js on the PATH, which Playwright's driver needs: apt-get install nodejs")
        : Optional.empty();
  }

  /** Starts the browser, without a window. */
  static Chromium start() {
    System.setProperty("playwright.nodejs.path", node().orElseThrow().toString());
    Playwright playwright =
        Playwright.create(
            new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
    return new Chromium(
        playwright,
        playwright
            .chromium()
            .launch(
                new BrowserType.LaunchOptions()
                    .setExecutablePath(chromium().orElseThrow())
                    .setArgs(FLAGS)));
  }

  /**
   * A page of its own, with nothing kept from others. Its times are those of Kolkata, its numbers
   * as in India.
   */
  Page page(Look look) {
    BrowserContext context =
        browser.newContext(
            new Browser.NewContextOptions()
                .setViewportSize(look.width(), look.height())
                .setDeviceScaleFactor(look.width() < 600 ? 2 : 1)
                .setColorScheme(look.theme())
                .setReducedMotion(ReducedMotion.REDUCE)
                .setLocale("en-IN")
                .setTimezoneId("Asia/Kolkata"));
    Page page = context.newPage();
    page.setDefaultTimeout(PATIENCE_MILLIS);
    page.onRequest(request -> requests.add(request.url()));
    page.onPageError(error -> troubles.add("error in the page: " + error));
    page.onConsoleMessage(
        message -> {
          if (message.type().equals("error")) {
            troubles.add("console: " + message.text() + " at " + message.location());
          }
        });
    return page;
  }

  /** The addresses that pages asked for. */
  List<String> requests() {
    return List.copyOf(requests);
  }

  /** Errors of scripts, requests that failed, and what the content security policy refused. */
  List<String> troubles() {
    return List.copyOf(troubles);
  }

  @Override
  public void close() {
    browser.close();
    playwright.close();
  }

  private static Optional<Path> chromium() {
    return onPath("chromium", "chromium-browser", "google-chrome");
  }

  private static Optional<Path> node() {
    return onPath("node", "nodejs");
  }

  private static Optional<Path> onPath(String... names) {
    return Arrays.stream(names).flatMap(Chromium::onPath).findFirst();
  }

  private static Stream<Path> onPath(String name) {
    String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
    return Arrays.stream(path.split(File.pathSeparator, -1))
        .filter(folder -> !folder.isEmpty())
        .map(folder -> Path.of(folder, name))
        .filter(Files::isExecutable);
  }
}
