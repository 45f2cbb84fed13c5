package dhara.demo;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ScreenshotType;
import dhara.cli.ExitCode;
import dhara.demo.Chromium.Look;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Makes the pictures of {@code docs/} from a running demonstration. */
@Command(
    name = "screenshots",
    description = "Makes pictures of the dashboard of a running demonstration.",
    mixinStandardHelpOptions = true)
final class Screenshots implements Callable<Integer> {

  /**
   * A picture: the name of its file, the place of the page, what it looks like, and what must be
   * there.
   */
  private record Picture(String name, String place, Look look, String present) {}

  private static final String TILE = ".tile-value[data-value]:not([data-value=''])";

  private static final List<Picture> PICTURES =
      List.of(
          new Picture("operations", "#/operations", Look.DESK, "tr[data-ledger]"),
          new Picture("sale-day", "#/sale-day", Look.DESK, TILE),
          new Picture("match-day", "#/match-day", Look.DESK_AT_NIGHT, TILE),
          new Picture("payments", "#/payments", Look.DESK, TILE),
          new Picture("rides", "#/rides", Look.DESK_AT_NIGHT, ".cell"),
          new Picture("view", "#/view/order-metrics.metrics", Look.DESK, "tr[data-row]"),
          new Picture("phone", "#/sale-day", Look.PHONE, TILE));

  @Option(
      names = "--address",
      defaultValue = "http://localhost:8080/",
      description = "Of the dashboard; http://localhost:8080/ by default")
  private String address;

  @Option(
      names = "--watch",
      defaultValue = "20",
      description =
          "Seconds that each page is watched before its picture, so that corrections show; 20 by default")
  private int watch;

  @Parameters(paramLabel = "FOLDER", description = "Where the pictures go, e.g. docs/dashboard")
  private Path folder;

  public static void main(String... arguments) {
    System.exit(new CommandLine(new Screenshots()).execute(arguments));
  }

  @Override
  public Integer call() throws Exception {
    Optional<String> missing = Chromium.missing();
    if (missing.isPresent()) {
      System.err.println("screenshots: " + missing.get());
      return ExitCode.MISUSED;
    }
    Files.createDirectories(folder);
    try (Chromium chromium = Chromium.start()) {
      for (Picture picture : PICTURES) {
        Page page = chromium.page(picture.look());
        page.navigate(address + picture.place());
        page.waitForSelector(picture.present());
        page.waitForTimeout(1000.0 * watch);
        Path file = folder.resolve(picture.name() + ".png");
        page.screenshot(new Page.ScreenshotOptions().setPath(file).setType(ScreenshotType.PNG));
        page.context().close();
        System.out.println(file);
      }
    }
    return ExitCode.DONE;
  }
}
